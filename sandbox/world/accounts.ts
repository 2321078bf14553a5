import { caseOf, makePerson, managerOf } from './people.ts';
import type { AccountSeed, Person } from './types.ts';

/** The products that hold accounts. */
export type Product = 'jira' | 'confluence';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const jiraValues = (person: Person, manager: Person | undefined): Record<string, string> => {
  const centres = person.onPremisesExtensionAttributes;
  const centre = typeof centres === 'object' && centres !== null ? Object.entries(centres)[0]?.[1] : undefined;
  return {
    Company: text(person.companyName),
    'Cost center': text(centre),
    Manager: text(manager?.displayName),
    'Employee ID': text(person.employeeId),
  };
};

const confluenceValues = (person: Person): Record<string, string> => ({
  position: text(person.jobTitle),
  department: text(person.department),
  location: `${text(person.city)}, ${text(person.country)}`,
});

const keptByHand = {
  jira: { Company: 'Kept by hand', 'Desk note': 'Window seat' },
  confluence: { department: 'Kept by hand', im: 'old chat' },
};

const withValues = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

const ordinary = (username: string, index: number, more: Partial<AccountSeed>): AccountSeed => ({
  username,
  key: index % 3 === 0 ? username : `JIRAUSER${10_100 + index}`,
  displayName: username,
  email: null,
  active: true,
  directory: index % 10 === 0 ? 'readOnly' : 'internal',
  groups: ['jira-software-users', 'confluence-users'],
  isAdmin: false,
  isSystemAdmin: false,
  properties: {},
  ...more,
});

const accountsOf = (product: Product, seed: number, index: number): AccountSeed[] => {
  const special = caseOf(index);
  const without = product === 'jira' ? special.withoutJira : special.withoutConfluence;
  if (without || special.guest || special.sharesAccount) return [];
  const person = makePerson(seed, index);
  const login = text(person.mailNickname);
  const email = text(person.mail) || null;
  const of = {
    displayName: text(person.displayName),
    email,
    active: !special.inactiveAccount && !special.disabled,
    // The products' own directory demands a mail address; only a connected one knows people without.
    ...(email === null ? { directory: 'readOnly' as const } : {}),
  };
  if (special.twoAccountsOneMail)
    return [1, 2].map((n) => ordinary(`former${n}.${index}`, index, { ...of, key: `former${n}.${index}` }));
  const boss = managerOf(index);
  const manager = boss === null ? undefined : makePerson(seed, boss);
  const equal = product === 'jira' ? jiraValues(person, manager) : confluenceValues(person);
  const properties = special.handKeptEqual ? withValues(equal) : special.handKeptDifferent ? keptByHand[product] : {};
  return [ordinary(special.matchedByMail ? `u${index}` : login, index, { ...of, properties: { ...properties } })];
};

const admins = (product: Product): AccountSeed[] => {
  const groups = [`${product}-administrators`, 'jira-software-users', 'confluence-users'];
  return [
    ordinary('svc-attune', 1, {
      key: 'svc-attune',
      displayName: 'Attune',
      email: 'svc-attune@acme.example',
      isAdmin: true,
      groups,
    }),
    ordinary('root', 1, {
      key: 'root',
      displayName: 'Root',
      email: 'root@acme.example',
      isAdmin: true,
      isSystemAdmin: true,
      groups,
    }),
    ordinary('former.employee', 1, {
      key: 'former.employee',
      displayName: 'Former Employee',
      properties: { Company: 'Gone' },
    }),
  ];
};

/** The accounts a product begins with: those of the directory's people, the admins, and one nobody there has. */
export const makeAccounts = (product: Product, users: number, seed: number): AccountSeed[] => [
  ...admins(product),
  ...Array.from({ length: users }, (_, index) => accountsOf(product, seed, index)).flat(),
];
