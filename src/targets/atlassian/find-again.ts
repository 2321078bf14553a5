import { Failure, isFailure } from '../../core/failure.ts';
import { foldKey } from '../../core/people/match.ts';
import type { Account } from '../target.ts';

/**
 * Opens the page of an account by its username. Pages are addressed by names, and names change: when the page is not
 * this account's, the account is asked for by its immutable key and opened under the name it has today. Throws
 * `notFound` when it is gone.
 */
export const openByName = async <T>(
  account: Account,
  open: (account: Account) => Promise<T>,
  today: () => Promise<Account | null>,
  party: string,
): Promise<T> => {
  try {
    return await open(account);
  } catch (error) {
    if (!isFailure(error) || (error.kind !== 'wrongShape' && error.kind !== 'notFound')) throw error;
    const now = await today();
    if (now === null) throw accountGone(party);
    if (foldKey(now.username) === foldKey(account.username)) throw error;
    return open({ ...account, username: now.username });
  }
};

/** The account does not exist any more. */
export const accountGone = (party: string): Failure =>
  new Failure('notFound', `${party}: the account no longer exists.`, {
    party,
    remedy: 'The next run matches the person again.',
  });

/** The account was deactivated since it was found. */
export const accountInactive = (party: string): Failure =>
  new Failure('rejected', `${party}: the account is inactive.`, {
    party,
    skips: 'inactive',
    remedy: 'Attune writes it again once it is active.',
  });

/** The page shown belongs to another account than the one asked for. */
export const anotherAccount = (party: string): Failure =>
  new Failure('notFound', `${party}: the product shows another account under this name.`, {
    party,
    remedy: 'The account was renamed; the next run matches the person again.',
  });
