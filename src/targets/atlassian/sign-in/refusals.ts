import { createHash } from 'node:crypto';

/** How long a refused secret is not tried again, and how often in a row it is tried: the products want a CAPTCHA after three. */
const rememberedMs = 15 * 60_000;
const mostInARow = 2;

/**
 * Remembers which secret the product refused: for a while, because a directory that is away refuses like a wrong
 * password, and at most twice in a row, because the third failure would lock the account. A changed secret is another.
 */
export type Refusals = {
  /** Whether this secret must not be sent now; somebody who asks for it in person may try again after the wait. */
  readonly refuses: (secret: string) => boolean;
  readonly note: (secret: string) => void;
  readonly clear: () => void;
  /** The same memory for a check that somebody asks for. */
  readonly inPerson: () => Refusals;
};

/** Begins without a memory; `locks` says that too many failures lock the account, as they do with a password. */
export const openRefusals = (locks = true, now: () => number = Date.now): Refusals => {
  const most = locks ? mostInARow : Number.POSITIVE_INFINITY;
  let last: { readonly secret: string; readonly at: number; readonly inARow: number } | null = null;
  const of = (inPerson: boolean): Refusals => ({
    refuses: (secret) => {
      if (last === null || last.secret !== digestOf(secret)) return false;
      return now() < last.at + rememberedMs || (last.inARow >= most && !inPerson);
    },
    note: (secret) => {
      const digest = digestOf(secret);
      last = { secret: digest, at: now(), inARow: last?.secret === digest ? last.inARow + 1 : 1 };
    },
    clear: () => {
      last = null;
    },
    inPerson: () => of(true),
  });
  return of(false);
};

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64');
