import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import { openProtection } from '../atlassian/protection.ts';
import { readBackEvery } from '../atlassian/read-back.ts';
import { loadOf } from '../atlassian/settings.ts';
import { ownOrNever, refuseAll } from '../atlassian/weigh.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { check } from './check.ts';
import { looksAtJira } from './examine.ts';
import { jira as product } from './session.ts';
import { type JiraSettings, jiraAttributes, jiraSettings } from './settings.ts';
import { stores } from './stores.ts';

/** Jira Data Center: attributes of users in one of three stores. */
export const jira: TargetDefinition<JiraSettings> = {
  kind: 'jira',
  settings: jiraSettings,
  matchesBy: ['username', 'email'],
  attributes: jiraAttributes,
  load: loadOf,
  open: (settings, { secret }) => {
    const wire = openWire(settings, 'Jira');
    const session = openSession(product(), wire, settings.auth, secret);
    const protection = openProtection(settings.never, settings.auth);
    const store = stores[settings.store];
    const readBack = readBackEvery(settings.readBack);
    const target: Target = {
      attributes: jiraAttributes(settings),
      protects: protection.protects,
      check: (call) => check(session, call),
      examine: (trial, call) => examineAll(looksAtJira(wire, session, store, target, call), target, trial, call),
      accountsPage: (cursor, call) => accountsPage(session, cursor, call),
      findAccounts: (by, call) => findAccounts(session, by, call),
      readProfile: (account, attributes, call) =>
        protection.watch(account, () => store.read(session, account, attributes, call)),
      applyChanges: async (account, changes, call) => {
        if (protection.protects(account)) return refuseAll(changes, ownOrNever);
        const results = await protection.watch(account, () => store.write(session, account, changes, call));
        return readBack(changes, results, (attributes) => store.read(session, account, attributes, call));
      },
      close: session.close,
    };
    return target;
  },
};
