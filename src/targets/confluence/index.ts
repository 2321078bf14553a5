import type { Connection } from '../atlassian/connection.ts';
import { assumeAnew } from '../atlassian/evidence/assume-anew.ts';
import { openConnection } from '../atlassian/open-connection.ts';
import { isPasswordAuth, loadOf, loginPathOf } from '../atlassian/settings.ts';
import { openSession } from '../atlassian/sign-in/open-session.ts';
import { openRefusals, type Refusals } from '../atlassian/sign-in/refusals.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import { examineAll, examineAnew } from '../kit/examine.ts';
import { guarded } from '../kit/guarded.ts';
import { openProtection } from '../kit/protection.ts';
import { readBackEvery } from '../kit/read-back.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { confluenceAssumptions, tryConfluence } from './assumptions.ts';
import { check } from './check.ts';
import { looksAtConfluence } from './examine.ts';
import { confluenceProduct } from './product.ts';
import { type ConfluenceSettings, confluenceAttributes, confluenceSettings } from './settings.ts';
import { stores } from './stores.ts';

/** Confluence Data Center: the six fields of a user's profile, and preferences where something can write them. */
export const confluence: TargetDefinition<ConfluenceSettings> = {
  kind: 'confluence',
  settings: confluenceSettings,
  matchesBy: ['username'],
  attributes: confluenceAttributes,
  load: loadOf,
  requests: ({ store, readBack }) => stores[store].requests(readBack),
  open: (settings, { secret }) => {
    const { connection, anyway } = openConnection(settings, 'Confluence');
    const refusals = openRefusals(isPasswordAuth(settings.auth));
    const sessionOver = (over: Connection, memory: Refusals): Session =>
      openSession(confluenceProduct(over.baseUrl), over, settings.auth, secret, memory);
    const session = sessionOver(connection, refusals);
    const store = stores[settings.store];
    const protection = openProtection(settings.never, session.username);
    const readBack = readBackEvery(settings.readBack);
    const over = (used: Session): Omit<Target, 'examine' | 'assume' | 'attributes' | 'protects'> => ({
      check: (call) => check(used, call),
      accountsPage: (cursor, call) => accountsPage(used, cursor, call),
      findAccounts: (by, call) => findAccounts(used, by, call),
      ...guarded(store.over(used), protection, readBack),
      close: used.close,
    });
    return {
      attributes: confluenceAttributes(settings),
      protects: protection.protects,
      ...over(session),
      assume: (trial, call) => {
        const allowed = trial !== null && !protection.protects({ key: '', username: trial.username }) ? trial : null;
        return assumeAnew(
          'confluence',
          anyway,
          (over) => sessionOver(over, refusals.inPerson()),
          (used) => tryConfluence(used, settings, allowed, call),
          (seen) =>
            confluenceAssumptions(
              anyway.baseUrl,
              loginPathOf(settings.auth, confluenceProduct(anyway.baseUrl)),
              settings,
              seen,
            ),
        );
      },
      examine: (trial, call) =>
        examineAnew(sessionOver(anyway, refusals.inPerson()), (used) => {
          const target = { ...over(used), protects: protection.protects };
          return examineAll(
            looksAtConfluence({ connection: anyway, session: used }, store.over(used), target, settings, call),
            target,
            trial,
            call,
          );
        }),
    };
  },
};
