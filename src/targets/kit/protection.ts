import { type Failure, isFailure } from '../../core/failure.ts';
import type { Account } from '../target.ts';
import { neverWritten } from './never.ts';

/** How long an account that the product protects is not tried again. */
const guardedMs = 15 * 60_000;

/** Knows which accounts are not written: those of the document, our own, and those the product turned out to guard. */
export type Protection = {
  readonly protects: (account: Pick<Account, 'key' | 'username'>) => boolean;
  /** Remembers for a while that the product guards an account, when that is what ended the work about it. */
  readonly note: (account: Account, ended: unknown) => void;
};

/** Starts with what the document says; `own` is the name Attune signs in with. */
export const openProtection = (
  never: readonly string[],
  own: string | null,
  now: () => number = Date.now,
): Protection => {
  const listed = neverWritten(never, own);
  const guardedUntil = new Map<string, number>();
  return {
    protects: ({ key, username }) => listed(username) || now() < (guardedUntil.get(key) ?? 0),
    note: ({ key }, ended) => {
      if (isFailure(ended) && isProtectedFailure(ended)) guardedUntil.set(key, now() + guardedMs);
    },
  };
};

/** Whether a failure says that one account is out of the service account's reach. */
const isProtectedFailure = ({ facts }: Failure): boolean => facts.skips === 'protected';
