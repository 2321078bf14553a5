import type { Call } from '../../core/call.ts';
import { foldKey } from '../../core/match.ts';
import type { Profile } from '../../core/profile.ts';
import { anotherAccount, openByName } from '../atlassian/find-again.ts';
import { openPage } from '../atlassian/open-page.ts';
import type { Session } from '../atlassian/session.ts';
import type { WireRequest } from '../atlassian/wire.ts';
import type { Account } from '../target.ts';
import { accountByKey } from './accounts.ts';
import { readPropertiesPage } from './pages.ts';
import { idOf } from './store.ts';

/** What Jira holds for an account, and the name its pages go by today. */
export type Held = { readonly username: string; readonly profile: Profile };

const listOf = (username: string): WireRequest => ({
  method: 'GET',
  route: '/secure/admin/user/EditUserProperties.jspa',
  kind: 'read',
  query: { name: username },
});

/** All User Properties of an account, from EditUserProperties.jspa. */
export const readHeld = (session: Session, account: Account, call: Call): Promise<Held> =>
  openByName(
    account,
    async ({ username }) => {
      const answer = await openPage(session, username, listOf, call);
      const page = readPropertiesPage(answer.text, session.party);
      if (foldKey(page.username) !== foldKey(username)) throw anotherAccount(session.party);
      return {
        username: page.username,
        profile: new Map([...page.properties].map(([key, value]) => [idOf(key), value])),
      };
    },
    () => accountByKey(session, account.key, call),
    session.party,
  );
