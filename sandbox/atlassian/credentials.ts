import type { AccountSeed } from '../world/types.ts';
import type { Accounts } from './accounts.ts';
import type { AtlassianOptions } from './options.ts';

/** How a password was taken: the account, refused, or not even looked at because a picture puzzle is due. */
export type Tried = { as: AccountSeed } | 'refused' | 'captcha';

/** Checks passwords and counts failures; after some of them only a person at the login page gets further. */
export type Credentials = {
  tryPassword(username: string, password: string): Tried;
  /** Whether the next login of this account meets the puzzle. */
  wantsCaptcha(username: string): boolean;
  tokenOwner(token: string): AccountSeed | undefined;
};

/** Makes the credentials of one product; `password` is the service account's. */
export const createCredentials = (
  accounts: Accounts,
  password: string,
  options: () => AtlassianOptions,
): Credentials => {
  const failures = new Map<string, number>();
  const passwordOf = (username: string) => (username === 'svc-attune' ? password : options().logins[username]);
  const wantsCaptcha = (username: string) => (failures.get(username.toLowerCase()) ?? 0) >= options().captchaAfter;
  return {
    wantsCaptcha,
    tryPassword(username, given) {
      if (wantsCaptcha(username)) return 'captcha';
      if (options().directoryAway) return 'refused';
      const account = accounts.byName(username);
      const right = account === undefined ? undefined : passwordOf(account.username);
      if (account?.active === true && right !== undefined && right === given) {
        failures.delete(username.toLowerCase());
        return { as: account };
      }
      failures.set(username.toLowerCase(), (failures.get(username.toLowerCase()) ?? 0) + 1);
      return 'refused';
    },
    tokenOwner(token) {
      const username = options().tokens[token];
      const account = username === undefined ? undefined : accounts.byName(username);
      return account?.active === true && !options().directoryAway ? account : undefined;
    },
  };
};
