import { createRandom, type Random } from './random.ts';
import type { Person } from './types.ts';

/** The directory extension some people carry and others lack altogether. */
export const badgeExtension = 'extension_ab603c56068041afb2f6832e2a17e237_badge';

/** The special cases a person can be, so that a checker can compute what to expect. */
export const caseOf = (index: number) => {
  const within = index % 50;
  return {
    matchedByMail: within === 3,
    guest: within === 7,
    disabled: within === 11,
    withoutMail: within === 13,
    serviceEmployee: within === 17,
    withoutJira: within === 19,
    withoutConfluence: within === 23,
    withoutManager: index === 0 || within === 29,
    cyclicManager: within === 31 || within === 32,
    handKeptEqual: within === 37,
    /** Rare, as an overwrite of what somebody keeps by hand is what the guard counts most strictly. */
    handKeptDifferent: index % 500 === 41,
    inactiveAccount: within === 43,
    /** Has the local part of the person before, so both match that one's account. */
    sharesAccount: index % 100 === 48,
    twoAccountsOneMail: index % 100 === 53,
  };
};

/** One name per special case. */
export type SpecialCase = keyof ReturnType<typeof caseOf>;

const givenNames = [
  'Adele',
  'Łukasz',
  'Zoë',
  'Jürgen',
  'María',
  'Björn',
  'Amélie',
  'محمد',
  'שרה',
  '健太',
  'Olga',
  'Sam "Sunny"',
];
const surnames = [
  'Vance',
  "O'Neill",
  'Müller',
  'Smith & Sons',
  'Åkesson',
  'Nguyễn',
  'العربي',
  'de la Cruz',
  'Team 🚀',
  'Kowalska',
  '<Berg>',
  'Ivanov',
];
const jobs = ['Engineer', 'Retail Manager', 'Analyst', 'Head of R&D', 'Designer', 'Accountant'];
const departments = ['Retail', 'R&D', 'Finance', 'Operations', 'Vertrieb Süd', 'Legal'];
const companies = ['Contoso', 'Fabrikam', 'Acme GmbH & Co. KG', 'Northwind "North"'];
const places = [
  ['Redmond', 'US'],
  ['Köln', 'DE'],
  ['São Paulo', 'BR'],
  ['Zürich', 'CH'],
  ['Łódź', 'PL'],
] as const;

const pick = <T>(list: readonly [T, ...T[]] | readonly T[], random: Random): T => {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('An empty list has nothing to pick.');
  return found;
};

const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

const plain = (name: string, other: string) => {
  const letters = name
    .normalize('NFKD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
  return letters === '' ? other : letters;
};

/** The position of the person's manager, or null; two people of each fifty manage one another. */
export const managerOf = (index: number): number | null => {
  const { withoutManager } = caseOf(index);
  if (withoutManager) return null;
  if (index % 50 === 31) return index + 1;
  if (index % 50 === 32) return index - 1;
  return Math.floor(index / 8);
};

const localPart = (seed: number, index: number): string => {
  if (caseOf(index).sharesAccount) return localPart(seed, index - 1);
  const random = createRandom(seed * 1_000_003 + index);
  return `${plain(pick(givenNames, random), 'user')}.${plain(pick(surnames, random), 'name')}.${index}`;
};

/** The person at a position of the world; the same seed and position always give the same person. */
export const makePerson = (seed: number, index: number): Person => {
  const special = caseOf(index);
  const random = createRandom(seed * 1_000_003 + index);
  const givenName = pick(givenNames, random);
  const surname = pick(surnames, random);
  const [city, country] = pick(places, random);
  const login = localPart(seed, index);
  const outside = `${login}@partner.example`;
  const domain = special.sharesAccount ? 'branch.example' : 'acme.example';
  const upn = special.guest ? `${login}_partner.example#EXT#@acme.onmicrosoft.example` : `${login}@${domain}`;
  const person: Person = {
    id: `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${index.toString(16).padStart(12, '0')}`,
    userPrincipalName: upn,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    mail: special.withoutMail || (special.guest && random() < 0.5) ? null : special.guest ? outside : upn,
    otherMails: special.guest ? [outside] : [],
    mailNickname: login,
    userType: special.guest ? 'Guest' : 'Member',
    accountEnabled: !special.disabled,
    employeeType: special.serviceEmployee ? 'Service' : 'Employee',
    jobTitle: random() < 0.05 ? null : pick(jobs, random),
    department: random() < 0.05 ? null : pick(departments, random),
    companyName: pick(companies, random),
    officeLocation: `${Math.floor(random() * 90)}/${Math.floor(random() * 3000)}`,
    businessPhones: random() < 0.2 ? [] : [`+1 425 555 ${String(index % 10_000).padStart(4, '0')}`],
    mobilePhone: random() < 0.5 ? null : `+49 170 ${String(index).padStart(7, '0')}`,
    preferredLanguage: random() < 0.5 ? null : 'en-US',
    city,
    country,
    state: null,
    postalCode: `${10_000 + (index % 80_000)}`,
    streetAddress: `${1 + (index % 200)} Main Street`,
    usageLocation: country,
    employeeId: `E${index}`,
    employeeHireDate: '2019-04-01T00:00:00Z',
    createdDateTime: '2019-03-20T08:00:00Z',
    onPremisesSamAccountName: login.slice(0, 20),
    onPremisesSyncEnabled: random() < 0.7 ? true : null,
    employeeOrgData:
      random() < 0.1 ? null : { division: pick(departments, random), costCenter: `${1000 + (index % 40)}` },
    onPremisesExtensionAttributes: Object.fromEntries(
      Array.from({ length: 15 }, (_, n) => [
        `extensionAttribute${n + 1}`,
        n === 0 ? `CC-${1000 + (index % 40)}` : null,
      ]),
    ),
  };
  if (random() < 0.3) person[badgeExtension] = `B-${index}`;
  return person;
};
