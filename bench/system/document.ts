import { openGuard } from '../../faults/document.ts';

/** How the two products are written to: through their administration pages, or by the endpoint script. */
export type Store = 'pages' | 'script';

/** Requests at once at each product: the default of the program. */
export const inFlight = 4;

/** Eight attributes of an account, as connectors have them: paths, an alternative, joined ones, an expression. */
const eight = [
  ['Company', 'companyName'],
  ['Title', 'jobTitle'],
  ['Department', 'department'],
  ['Office', 'officeLocation'],
  ['Employee', 'employeeId'],
  ['Phone', '{ firstOf: [mobilePhone, "businessPhones[0]"] }'],
  ['Location', '{ join: [streetAddress, city], with: ", " }'],
  ['Name', `"$uppercase(givenName & ' ' & surname)"`],
] as const;

/** Confluence's form has six fields. */
const six = [
  ['phone', '{ firstOf: [mobilePhone, "businessPhones[0]"] }'],
  ['im', 'mailNickname'],
  ['website', `"'https://people.acme.example/' & employeeId"`],
  ['position', 'jobTitle'],
  ['department', 'department'],
  ['location', '{ join: [streetAddress, city], with: ", " }'],
] as const;

/** What is edited at the directory so that every mapped attribute of everybody changes. */
export const everyAttribute = [
  'companyName',
  'jobTitle',
  'department',
  'officeLocation',
  'employeeId',
  'mobilePhone',
  'streetAddress',
  'givenName',
  'mailNickname',
] as const;

/** What is edited so that one attribute changes in each product. */
export const oneAttribute = ['department'] as const;

const rows = (kind: 'userProperty' | 'field', attributes: readonly (readonly [string, string])[]): string =>
  attributes.map(([to, from]) => `          - ${kind}: ${to}\n            from: ${from}\n`).join('');

const match = `        match:
          - username: "$lowercase($substringBefore(userPrincipalName, '@'))"
        attributes:
`;

/** The document of the benchmarks, with the source and the targets of the stand-ins' own ready one. */
export const benchDocument = (ready: string, store: Store): string => {
  const kind = (name: string): string => {
    const script = store === 'script' ? '\n$1store: scriptRunner' : '';
    return `$1kind: ${name}${script}\n$1inFlight: ${inFlight}`;
  };
  const targets = ready
    .slice(0, ready.indexOf('connectors:'))
    .replace(/^( +)kind: jira$/m, kind('jira'))
    .replace(/^( +)kind: confluence$/m, kind('confluence'));
  const source = ready.slice(ready.indexOf('    source:\n'), ready.indexOf('    scope:'));
  const wiki = store === 'script' ? rows('userProperty', eight) : rows('field', six);
  return `${targets}connectors:
  - id: bench
${source}    scope: "$not(employeeType = 'Service')"
    to:
      - target: jira
${match}${rows('userProperty', eight)}      - target: wiki
${match}${wiki}${openGuard}`;
};
