/** A person as the directory's stand-in tells it, with the id of the manager. */
export type CheckedPerson = { id: string; managerId: string | null; [attribute: string]: unknown };

/** An account as a product's stand-in tells it. */
export type CheckedAccount = {
  username: string;
  email: string | null;
  active: boolean;
  properties: Record<string, string>;
};

/** A product as the demo's document maps it. */
export type Product = 'jira' | 'wiki';

/** How many people end how, and what every account must hold afterwards. */
export type Expected = {
  outcomes: Record<'updated' | 'unchanged' | 'unmatched' | 'ambiguous' | 'outOfScope' | 'skipped', number>;
  /** By username: all attributes of every account. */
  tables: Map<string, Record<string, string>>;
  /** Every single write, as "username attribute value". */
  writes: Set<string>;
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;

/** The demo's mapping table, worked out by hand: this file shares no code with the program it checks. */
const desired = (product: Product, person: CheckedPerson, manager: CheckedPerson | undefined) => {
  const phones = Array.isArray(person.businessPhones) ? person.businessPhones : [];
  return product === 'jira'
    ? {
        Company: text(person.companyName),
        'Cost center': text(at(person.onPremisesExtensionAttributes, 'extensionAttribute1')),
        Manager: text(manager?.displayName),
        'Employee ID': text(person.employeeId),
      }
    : {
        phone: text(person.mobilePhone) || text(phones[0]),
        position: text(person.jobTitle),
        department: text(person.department),
        location: [text(person.city), text(person.country)].filter((part) => part !== '').join(', '),
      };
};

const mailsOf = (person: CheckedPerson): string[] => {
  const others = Array.isArray(person.otherMails) ? person.otherMails : [];
  return [person.mail, ...others].map((mail) => text(mail).toLowerCase()).filter((mail) => mail !== '');
};

const accountsOf = (product: Product, person: CheckedPerson, accounts: CheckedAccount[]) => {
  const login = (text(person.userPrincipalName).split('@')[0] ?? '').toLowerCase();
  const named = accounts.filter(({ username }) => username.toLowerCase() === login);
  if (named.length > 0 || product === 'wiki') return named;
  const mails = mailsOf(person);
  return accounts.filter(({ email }) => email !== null && mails.includes(email.toLowerCase()));
};

/** Looks accounts up by what they could be found by, so that a large world is checked in good time. */
const index = (accounts: CheckedAccount[]) => {
  const byKey = new Map<string, CheckedAccount[]>();
  for (const account of accounts) {
    for (const key of new Set([account.username.toLowerCase(), (account.email ?? '').toLowerCase()])) {
      byKey.set(key, [...(byKey.get(key) ?? []), account]);
    }
  }
  return (person: CheckedPerson): CheckedAccount[] => {
    const login = (text(person.userPrincipalName).split('@')[0] ?? '').toLowerCase();
    return [...new Set([login, ...mailsOf(person)].flatMap((key) => byKey.get(key) ?? []))];
  };
};

/** What a run must do, from the people as they are and the accounts as they were before it. */
export const expect = (product: Product, people: CheckedPerson[], accounts: CheckedAccount[]): Expected => {
  const byId = new Map(people.map((person) => [person.id, person]));
  const near = index(accounts);
  const outcomes = { updated: 0, unchanged: 0, unmatched: 0, ambiguous: 0, outOfScope: 0, skipped: 0 };
  const tables = new Map(accounts.map(({ username, properties }) => [username, { ...properties }]));
  const writes = new Set<string>();
  const inScope = people.filter(({ employeeType }) => employeeType !== 'Service');
  outcomes.outOfScope = people.length - inScope.length;
  const found = inScope.map((person) => ({ person, matches: accountsOf(product, person, near(person)) }));
  const claims = new Map<string, number>();
  for (const { matches } of found) {
    for (const { username } of matches) claims.set(username, (claims.get(username) ?? 0) + 1);
  }
  for (const { person, matches } of found) {
    const [account] = matches;
    if (account === undefined) outcomes.unmatched += 1;
    else if (matches.length > 1 || claims.get(account.username) !== 1) outcomes.ambiguous += 1;
    else if (!account.active) outcomes.skipped += 1;
    else {
      const manager = person.managerId === null ? undefined : byId.get(person.managerId);
      const wanted = Object.entries(desired(product, person, manager)).filter(
        ([attribute, value]) => value !== '' && account.properties[attribute] !== value,
      );
      outcomes[wanted.length === 0 ? 'unchanged' : 'updated'] += 1;
      for (const [attribute, value] of wanted) {
        tables.set(account.username, { ...tables.get(account.username), [attribute]: value });
        writes.add(`${account.username} ${attribute} ${value}`);
      }
    }
  }
  return { outcomes, tables, writes };
};
