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
import { jiraAssumptions, tryJira } from './assumptions.ts';
import { check } from './check.ts';
import { looksAtJira } from './examine.ts';
import { jiraProduct } from './product.ts';
import { type JiraSettings, jiraAttributes, jiraSettings } from './settings.ts';
import { stores } from './stores.ts';

/** Jira Data Center: attributes of users in one of three stores. */
export const jira: TargetDefinition<JiraSettings> = {
  kind: 'jira',
  settings: jiraSettings,
  matchesBy: ['username', 'email'],
  attributes: jiraAttributes,
  load: loadOf,
  requests: ({ store, readBack }) => stores[store].requests(readBack),
  open: (settings, { secret }) => {
    const { connection, anyway } = openConnection(settings, 'Jira');
    const refusals = openRefusals(isPasswordAuth(settings.auth));
    const sessionOver = (over: Connection, memory: Refusals): Session =>
      openSession(jiraProduct(over.baseUrl), over, settings.auth, secret, memory);
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
      attributes: jiraAttributes(settings),
      protects: protection.protects,
      ...over(session),
      assume: (trial, call) => {
        const allowed = trial !== null && !protection.protects({ key: '', username: trial.username }) ? trial : null;
        return assumeAnew(
          'jira',
          anyway,
          (over) => sessionOver(over, refusals.inPerson()),
          (used) => tryJira(used, settings, allowed, call),
          (seen) =>
            jiraAssumptions(anyway.baseUrl, loginPathOf(settings.auth, jiraProduct(anyway.baseUrl)), settings, seen),
        );
      },
      examine: (trial, call) =>
        examineAnew(sessionOver(anyway, refusals.inPerson()), (used) => {
          const target = { ...over(used), protects: protection.protects };
          return examineAll(looksAtJira(anyway, used, store, target, call), target, trial, call);
        }),
    };
  },
};
