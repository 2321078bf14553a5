import type { Call } from '../../core/call.ts';
import { foldKey } from '../../core/people/match.ts';
import type { Profile } from '../../core/profile.ts';
import type { ProductRequest } from '../atlassian/connection.ts';
import { anotherAccount } from '../atlassian/find-again.ts';
import { openPage } from '../atlassian/open-page.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account } from '../target.ts';
import { accountToday } from './accounts.ts';
import { readPropertiesPage } from './pages.ts';
import { idOf } from './store.ts';

/** What Jira holds for an account, the name its pages go by today, and whether it may still sign in. */
export type Held = { readonly username: string; readonly active: boolean; readonly profile: Profile };

/** The page of an account's User Properties. */
export const listOf = (username: string): ProductRequest => ({
  method: 'GET',
  route: '/secure/admin/user/EditUserProperties.jspa',
  kind: 'read',
  query: { name: username },
});

/**
 * All User Properties of an account, from EditUserProperties.jspa. The page goes by username and shows no key, and a
 * username may have been passed on to somebody else: so the account is asked for by its key first.
 */
export const readHeld = async (session: Session, account: Account, call: Call): Promise<Held> => {
  const { username, active } = await accountToday(session, account, call);
  const answer = await openPage(session, username, listOf, call);
  const page = readPropertiesPage(answer.text, session.party);
  if (foldKey(page.username) !== foldKey(username)) throw anotherAccount(session.party);
  return {
    username: page.username,
    active,
    profile: new Map([...page.properties].map(([key, value]) => [idOf(key), value])),
  };
};
