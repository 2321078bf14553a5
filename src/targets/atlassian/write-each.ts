import type { Change, ChangeResult, Profile } from '../../core/profile.ts';
import { inOrder, weigh } from '../kit/weigh.ts';
import { protectedAccount } from './open-page.ts';

/**
 * Writes one change after the other, those only that are still due over what the account holds. A `write` gives null
 * where the product keeps the account out of reach: that ends it as protected, unless something was written before.
 */
export const writeEach = async (
  changes: readonly Change[],
  held: Profile,
  write: (change: Change) => Promise<ChangeResult | null>,
  party: string,
): Promise<readonly ChangeResult[]> => {
  const { due, settled } = weigh(changes, held);
  const results = [...settled];
  for (const change of due) {
    const result = await write(change);
    if (result === null && results.every(({ status }) => status !== 'applied')) throw protectedAccount(party);
    results.push(result ?? { attribute: change.attribute, status: 'rejected', reason: outOfReach });
  }
  return inOrder(changes, results);
};

const outOfReach = 'The account is out of reach since: only a system administrator may edit it.';
