import type { AccountSeed } from '../world/types.ts';

/** The accounts of one product, found by key or by username without regard to case. */
export type Accounts = {
  all(): AccountSeed[];
  byKey(key: string): AccountSeed | undefined;
  byName(username: string): AccountSeed | undefined;
  add(account: AccountSeed): void;
  remove(key: string): boolean;
  /** False when another account has that name. */
  rename(account: AccountSeed, username: string): boolean;
};

/** Makes the accounts a product begins with. */
export const createAccounts = (seeds: AccountSeed[]): Accounts => {
  const keys = new Map<string, AccountSeed>();
  const names = new Map<string, AccountSeed>();
  const nameOf = (username: string) => username.toLowerCase();
  const add = (account: AccountSeed) => {
    if (keys.has(account.key)) throw new Error(`There is an account with the key ${account.key} already.`);
    if (names.has(nameOf(account.username))) throw new Error(`There is an account ${account.username} already.`);
    keys.set(account.key, account);
    names.set(nameOf(account.username), account);
  };
  for (const seed of seeds) add(seed);
  return {
    all: () => [...keys.values()],
    byKey: (key) => keys.get(key),
    byName: (username) => names.get(nameOf(username)),
    add,
    remove(key) {
      const account = keys.get(key);
      if (account === undefined) return false;
      keys.delete(key);
      return names.delete(nameOf(account.username));
    },
    rename(account, username) {
      const holder = names.get(nameOf(username));
      if (holder !== undefined && holder !== account) return false;
      names.delete(nameOf(account.username));
      account.username = username;
      names.set(nameOf(username), account);
      return true;
    },
  };
};
