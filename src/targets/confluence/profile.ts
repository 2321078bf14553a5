import type { Call } from '../../core/call.ts';
import { foldKey } from '../../core/people/match.ts';
import type { AttributeId, Profile } from '../../core/profile.ts';
import type { ProductRequest } from '../atlassian/connection.ts';
import { anotherAccount, openByName } from '../atlassian/find-again.ts';
import { openPage } from '../atlassian/open-page.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Account } from '../target.ts';
import { accountByKey } from './accounts.ts';
import { readUserForm, type UserForm } from './pages.ts';

/** The form an administrator edits an account with. */
export const formOf = (username: string): ProductRequest => ({
  method: 'GET',
  route: '/admin/users/edituser.action',
  kind: 'read',
  query: { username },
});

/** The form an administrator edits this account with; the key in it proves that it is this account's. */
export const openUserForm = (session: Session, account: Account, call: Call): Promise<UserForm> =>
  openByName(
    account,
    async ({ username }) => {
      const answer = await openPage(session, username, formOf, call);
      const form = readUserForm(answer.text, session.party);
      if (form.userKey !== account.key || foldKey(form.username) !== foldKey(username))
        throw anotherAccount(session.party);
      return form;
    },
    () => accountByKey(session, account.key, call),
    session.party,
  );

/** What a form holds, as a profile. */
export const profileOf = (form: UserForm): Profile =>
  new Map([...form.fields].map(([field, value]): [AttributeId, string] => [`field:${field}`, value]));
