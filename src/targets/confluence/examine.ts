import type { Call } from '../../core/call.ts';
import type { Connection } from '../atlassian/connection.ts';
import { raises, reach, signsIn } from '../atlassian/examine.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import { type Look, lists } from '../kit/examine.ts';
import type { Bare } from '../kit/guarded.ts';
import type { Target } from '../target.ts';
import { ownAccount } from './accounts.ts';
import { readPreferences } from './preferences.ts';
import { confluenceProduct } from './product.ts';
import { formOf, openUserForm } from './profile.ts';
import type { ConfluenceSettings } from './settings.ts';

/** What a run needs of Confluence, in the order in which one thing builds on the other. */
export const looksAtConfluence = (
  { connection, session }: { readonly connection: Connection; readonly session: Session },
  store: Pick<Bare, 'readProfile'>,
  target: Pick<Target, 'accountsPage'>,
  settings: Pick<ConfluenceSettings, 'remoteApi' | 'store'>,
  call: Call,
): readonly Look[] => [
  ...reach(connection, { method: 'GET', route: '/rest/api/server-information', kind: 'login' }, call),
  ...signsIn(session, confluenceProduct(connection.baseUrl).whoAmI, call),
  ...(settings.store === 'userForm' ? formLooks(session, call) : []),
  lists(target, call),
  ...(settings.store === 'scriptRunner' ? [scriptLook(session, store, call)] : []),
  ...(settings.remoteApi ? [remoteApiLook(session, call)] : []),
];

const formLooks = (session: Session, call: Call): readonly Look[] => [
  ...raises(session, formOf, call),
  {
    what: 'administrator',
    look: async () => {
      await openUserForm(session, await ownAccount(session, call), call);
      return 'the form that edits a user opens and can be read (tried with the service account)';
    },
  },
];

const scriptLook = (session: Session, store: Pick<Bare, 'readProfile'>, call: Call): Look => ({
  what: 'attributes of users',
  look: async () => {
    await store.readProfile(await ownAccount(session, call), ['field:phone', 'userProperty:attune'], call);
    return 'the endpoint script answers (tried with the service account)';
  },
});

const remoteApiLook = (session: Session, call: Call): Look => ({
  what: 'remote API',
  look: async () => {
    await readPreferences(session, await ownAccount(session, call), ['userProperty:attune'], call);
    return 'preferences of users can be read (tried with the service account)';
  },
});
