/** The two connectors that meet at the same accounts, and what each writes there; the table is kept by hand. */
export const connectors = ['people', 'desks'] as const;

/** One of the two connectors. */
export type ConnectorId = (typeof connectors)[number];

/** The two products, by the name their target has in the document and the stand-in has of its own. */
export const products = ['jira', 'wiki'] as const;

/** One of the two products. */
export type ProductId = (typeof products)[number];

/** The stand-in behind each product. */
export const serviceOf: Readonly<Record<ProductId, 'jira' | 'confluence'>> = { jira: 'jira', wiki: 'confluence' };

/** Which attribute of a person stands in which attribute of an account, and who writes it. */
export const mapped: Readonly<
  Record<ProductId, readonly (readonly [attribute: string, from: string, by: ConnectorId])[]>
> = {
  jira: [
    ['Company', 'companyName', 'people'],
    ['Street', 'streetAddress', 'people'],
    ['Desk', 'officeLocation', 'desks'],
  ],
  wiki: [
    ['position', 'jobTitle', 'people'],
    ['department', 'department', 'people'],
    ['location', 'officeLocation', 'desks'],
  ],
};

const rows = (product: ProductId, connector: ConnectorId): string =>
  mapped[product]
    .filter(([, , by]) => by === connector)
    .map(
      ([to, from]) =>
        `          - ${product === 'jira' ? 'userProperty' : 'field'}: ${to}\n            from: ${from}\n`,
    )
    .join('');

// What is tried here is whether what was planned is what stands there afterwards.
const limits = (indent: string): string =>
  [
    'changedPeople: [100%, 1000000]',
    'clearedPeople: [100%, 1000000]',
    'foreignOverwrites: [100%, 1000000]',
    'perAttribute: { changed: [100%, 1000000], cleared: [100%, 1000000] }',
    'newlyUnmatched: [100%, 1000000]',
    'directoryShrink: [100%, 1000000]',
  ]
    .map((limit) => `${indent}${limit}\n`)
    .join('');

/** A guard that lets everything through, as part of a connector. */
export const openGuard = `    guard:\n${limits('      ')}      window:\n${limits('        ')}`;

const connector = (id: ConnectorId, source: string): string => `  - id: ${id}
    source:
${source}    scope: "$not(employeeType = 'Service')"
    to:
${products
  .map(
    (product) => `      - target: ${product}
        match:
          - username: "$lowercase($substringBefore(userPrincipalName, '@'))"
        attributes:
${rows(product, id)}`,
  )
  .join('')}${openGuard}`;

/** The document, with the targets and the source of the stand-ins' own ready one. */
export const writeDocument = (ready: string, inFlight: number): string => {
  const targets = ready
    .slice(0, ready.indexOf('connectors:'))
    .replaceAll(/^( +)kind: (jira|confluence)$/gm, `$&\n$1inFlight: ${inFlight}`);
  const source = ready.slice(ready.indexOf('    source:\n') + '    source:\n'.length, ready.indexOf('    scope:'));
  return `${targets}connectors:\n${connectors.map((id) => connector(id, source)).join('')}`;
};
