import type { Account } from '../targets/target.ts';

/** An account as the ledger keeps it, sealed: only the engine reads this text. */
export const accountText = (account: Account): string => JSON.stringify(account);

/** The account of a text made by `accountText`. */
export const accountOf = (text: string): Account => {
  const account: Account = JSON.parse(text);
  return account;
};
