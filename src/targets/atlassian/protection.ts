import { isFailure } from '../../core/failure.ts';
import type { Account } from '../target.ts';
import { neverWritten } from './never.ts';
import { isProtectedFailure } from './open-page.ts';
import type { Auth } from './settings.ts';

/** Knows which accounts are not written: those of the document, our own, and those the product turned out to guard. */
export type Protection = {
  readonly protects: (account: Account) => boolean;
  /** Does some work about an account and remembers when the product guards it. */
  readonly watch: <T>(account: Account, work: () => Promise<T>) => Promise<T>;
};

/** Starts with what the document says; what is found stays known as long as the target is open. */
export const openProtection = (never: readonly string[], auth: Auth): Protection => {
  const listed = neverWritten(never, auth);
  const found = new Set<string>();
  return {
    protects: ({ key, username }) => found.has(key) || listed(username),
    watch: async (account, work) => {
      try {
        return await work();
      } catch (error) {
        if (isFailure(error) && isProtectedFailure(error)) found.add(account.key);
        throw error;
      }
    },
  };
};
