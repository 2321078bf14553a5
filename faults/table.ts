import { mapped, type ProductId, products } from './document.ts';

/** A person as the stand-in's own store shows them. */
export type TablePerson = { readonly id: string; readonly [attribute: string]: unknown };

/** An account as the product's own store shows it. */
export type TableAccount = {
  readonly username: string;
  readonly active: boolean;
  readonly properties: Readonly<Record<string, string>>;
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The account's name a person is matched by. */
export const loginOf = (person: TablePerson): string =>
  (text(person.userPrincipalName).split('@')[0] ?? '').toLowerCase();

/** One place of a product, as the checks name it. */
export const placeOf = (product: ProductId, username: string, attribute: string): string =>
  `${product} ${username} ${attribute}`;

/** Values by place or by person, whenever they were noted. */
export type Remembered = {
  readonly note: (key: string, value: string) => void;
  readonly ever: (key: string) => ReadonlySet<string>;
};

/** An empty memory. */
export const remember = (): Remembered => {
  const values = new Map<string, Set<string>>();
  return {
    note: (key, value) => void values.set(key, (values.get(key) ?? new Set()).add(value)),
    ever: (key) => values.get(key) ?? new Set(),
  };
};

/** What is known of the past: without it a stale value cannot be told from a foreign one. */
export type History = {
  /** What stood in each account before anything was written, by product and account. */
  readonly before: Readonly<Record<ProductId, ReadonlyMap<string, Readonly<Record<string, string>>>>>;
  /** Every value a person was ever to have in an attribute of the directory, by "person attribute". */
  readonly wanted: Remembered;
  /** Every value somebody put there at the product, by place. */
  readonly byHand: Remembered;
  /** The places somebody changed by hand since everybody was last read at the products: only verifying sees those. */
  readonly unverified: ReadonlySet<string>;
};

/** Notes what everybody is to have now. */
export const noteWanted = (wanted: Remembered, people: readonly TablePerson[]): void => {
  const sources = new Set(products.flatMap((product) => mapped[product].map(([, from]) => from)));
  for (const person of people) {
    for (const from of sources) {
      const value = text(person[from]);
      if (value !== '') wanted.note(`${person.id} ${from}`, value);
    }
  }
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

/** Holds a product against the table: the directory as it is now, mapped by hand. */
export const differences = (
  product: ProductId,
  people: readonly TablePerson[],
  accounts: readonly TableAccount[],
  { before, wanted, byHand, unverified }: History,
): Difference[] => {
  const owners = written(people, accounts);
  const judge = (username: string, attribute: string, stands: string): Difference['kind'] | null => {
    const where = placeOf(product, username, attribute);
    const first = before[product].get(username)?.[attribute] ?? '';
    const person = owners.get(username);
    const row = mapped[product].find(([one]) => one === attribute);
    if (unverified.has(where)) return null;
    if (person === undefined || row === undefined) return stands === first ? null : 'invented';
    const desired = text(person[row[1]]);
    if (stands === desired) return null;
    if (desired !== '') return 'lost';
    // What is wanted empty is emptied where it was Attune's; what others had put there stays.
    if (wanted.ever(`${person.id} ${row[1]}`).has(stands)) return 'lost';
    return stands === first || byHand.ever(where).has(stands) ? null : 'invented';
  };
  return accounts.flatMap(({ username, properties }) => {
    const attributes = new Set([...Object.keys(properties), ...mapped[product].map(([attribute]) => attribute)]);
    return [...attributes].flatMap((attribute): Difference[] => {
      const kind = judge(username, attribute, properties[attribute] ?? '');
      return kind === null ? [] : [{ kind, where: placeOf(product, username, attribute) }];
    });
  });
};
