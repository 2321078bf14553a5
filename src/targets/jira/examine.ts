import type { Call } from '../../core/call.ts';
import type { Connection } from '../atlassian/connection.ts';
import { raises, reach, signsIn } from '../atlassian/examine.ts';
import { accountGone } from '../atlassian/find-again.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import { type Look, lists } from '../kit/examine.ts';
import type { Target } from '../target.ts';
import { ownAccount } from './accounts.ts';
import { check } from './check.ts';
import { jiraProduct } from './product.ts';
import type { Store } from './store.ts';

/** What a run needs of Jira, in the order in which one thing builds on the other. */
export const looksAtJira = (
  connection: Connection,
  session: Session,
  store: Store,
  target: Pick<Target, 'accountsPage'>,
  call: Call,
): readonly Look[] => [
  ...reach(connection, { method: 'GET', route: '/rest/api/2/serverInfo', kind: 'login' }, call),
  ...signsIn(session, jiraProduct(connection.baseUrl).whoAmI, call),
  ...(store.page === null ? [] : raises(session, store.page, call)),
  {
    what: 'administrator',
    look: async () => {
      await check(session, call);
      return 'the service account is a Jira administrator';
    },
  },
  lists(target, call),
  {
    what: 'attributes of users',
    look: async () => {
      const own = await ownAccount(session, call);
      if (own === null) throw accountGone(session.party);
      await store.over(session).readProfile(own, [], call);
      return 'the store can be read (tried with the service account)';
    },
  },
];
