import { mapped, type ProductId } from './document.ts';

/** A person as the stand-in's own store shows them. */
export type TablePerson = { readonly id: string; readonly [attribute: string]: unknown };

/** An account as the product's own store shows it. */
export type TableAccount = {
  readonly username: string;
  readonly active: boolean;
  readonly properties: Readonly<Record<string, string>>;
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const loginOf = (person: TablePerson): string => (text(person.userPrincipalName).split('@')[0] ?? '').toLowerCase();

/** Every value a person was ever to have in an attribute, so that a stale one is known from a foreign one. */
export type Wanted = {
  /** Notes what everybody is to have now. */
  readonly note: (people: readonly TablePerson[]) => void;
  readonly ever: (person: string, product: ProductId, attribute: string) => ReadonlySet<string>;
};

/** An empty memory of what was wanted. */
export const rememberWanted = (): Wanted => {
  const values = new Map<string, Set<string>>();
  const of = (person: string, product: ProductId, attribute: string): Set<string> => {
    const key = `${person} ${product} ${attribute}`;
    const found = values.get(key) ?? new Set<string>();
    values.set(key, found);
    return found;
  };
  return {
    note: (people) => {
      for (const person of people) {
        for (const product of ['jira', 'wiki'] as const) {
          for (const [attribute, from] of mapped[product]) {
            const value = text(person[from]);
            if (value !== '') of(person.id, product, attribute).add(value);
          }
        }
      }
    },
    ever: of,
  };
};

/** Who may be written at a product: the only person of an active account, by the account's name. */
export const written = (
  people: readonly TablePerson[],
  accounts: readonly TableAccount[],
): ReadonlyMap<string, TablePerson> => {
  const owners = new Map<string, TablePerson[]>();
  for (const person of people) {
    if (person.employeeType === 'Service' || person.accountEnabled === false || person.userType === 'Guest') continue;
    owners.set(loginOf(person), [...(owners.get(loginOf(person)) ?? []), person]);
  }
  return new Map(
    accounts.flatMap(({ username, active }) => {
      const [only, ...others] = owners.get(username.toLowerCase()) ?? [];
      return only === undefined || others.length > 0 || !active ? [] : [[username, only] as const];
    }),
  );
};

/** A value that does not stand where it must, or stands where it must not; without the value itself. */
export type Difference = { readonly kind: 'lost' | 'invented'; readonly where: string };

/**
 * Holds a product against the table. `byHand` are the values somebody changed at the product since everything was
 * last read there: only a run that verifies sees those.
 */
export const differences = (
  product: ProductId,
  people: readonly TablePerson[],
  accounts: readonly TableAccount[],
  before: ReadonlyMap<string, Readonly<Record<string, string>>>,
  wanted: Wanted,
  byHand: ReadonlySet<string>,
): Difference[] => {
  const owners = written(people, accounts);
  const found: Difference[] = [];
  for (const { username, properties } of accounts) {
    const person = owners.get(username);
    const mine = new Set(mapped[product].map(([attribute]) => attribute));
    for (const attribute of new Set([...Object.keys(properties), ...mine])) {
      const where = `${product} ${username} ${attribute}`;
      if (byHand.has(where)) continue;
      const stands = properties[attribute] ?? '';
      const row = mapped[product].find(([one]) => one === attribute);
      if (person === undefined || row === undefined) {
        if (stands !== (before.get(username)?.[attribute] ?? '')) found.push({ kind: 'invented', where });
        continue;
      }
      const desired = text(person[row[1]]);
      const ever = wanted.ever(person.id, product, attribute);
      if (desired !== '' ? stands !== desired : ever.has(stands)) found.push({ kind: 'lost', where });
      else if (desired === '' && stands !== '' && stands !== (before.get(username)?.[attribute] ?? '')) {
        found.push({ kind: 'invented', where });
      }
    }
  }
  return found;
};
