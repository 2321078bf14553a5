import type { Call } from '../../core/call.ts';
import { isBlank } from '../../core/mapping/clean.ts';
import type { MatchKey, MatchStep } from '../../core/people/match.ts';
import type { ListedAccount } from '../../ledger/links/accounts.ts';
import type { Account, Target } from '../../targets/target.ts';
import { accountText } from '../account-text.ts';

/** An account as a listing shows it: to be found by its username and its mail. */
export const listed = (account: Account): ListedAccount => {
  const keys: MatchKey[] = [{ by: 'username', value: account.username }];
  if (account.email !== null && account.email !== '') keys.push({ by: 'email', value: account.email });
  return { key: account.key, text: accountText(account), keys };
};

/** The accounts a target finds by one key, to be found by that key alone. */
export const foundBy = async (target: Target, key: MatchKey, call: Call): Promise<readonly ListedAccount[]> =>
  (await target.findAccounts(key, call)).map((account) => ({ ...listed(account), keys: [key] }));

/** All hits of the first match step that has any. */
export const foundByMatch = async (
  target: Target,
  steps: readonly MatchStep[],
  call: Call,
): Promise<readonly ListedAccount[]> => {
  for (const { by, values } of steps) {
    const found: ListedAccount[] = [];
    for (const value of values.filter((text) => !isBlank(text))) {
      found.push(...(await foundBy(target, { by, value }, call)));
    }
    if (found.length > 0) return found;
  }
  return [];
};
