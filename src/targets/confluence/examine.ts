import type { Call } from '../../core/call.ts';
import { type Look, lists, raises, reach, signsIn } from '../atlassian/examine.ts';
import type { Session } from '../atlassian/session.ts';
import type { Wire } from '../atlassian/wire.ts';
import type { Target } from '../target.ts';
import { ownAccount } from './accounts.ts';
import { readPreferences } from './preferences.ts';
import { confluenceProduct } from './product.ts';
import { formOf, openUserForm } from './profile.ts';
import type { ConfluenceSettings } from './settings.ts';

/** What a run needs of Confluence, in the order in which one thing builds on the other. */
export const looksAtConfluence = (
  wire: Wire,
  session: Session,
  target: Pick<Target, 'accountsPage'>,
  { remoteApi }: Pick<ConfluenceSettings, 'remoteApi'>,
  call: Call,
): readonly Look[] => [
  ...reach(wire, { method: 'GET', route: '/rest/api/server-information', kind: 'login' }, call),
  ...signsIn(session, confluenceProduct(wire.baseUrl).whoAmI, call),
  ...raises(session, formOf, call),
  {
    what: 'administrator',
    look: async () => {
      await openUserForm(session, await ownAccount(session, call), call);
      return 'the form that edits a user opens and can be read, for the service account itself';
    },
  },
  lists(target, call),
  ...(remoteApi ? [remoteApiLook(session, call)] : []),
];

const remoteApiLook = (session: Session, call: Call): Look => ({
  what: 'remote API',
  look: async () => {
    await readPreferences(session, await ownAccount(session, call), ['userProperty:attune'], call);
    return 'preferences of users can be read, for the service account itself';
  },
});
