import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import type { Session } from '../atlassian/session.ts';
import { loadOf } from '../atlassian/settings.ts';
import { type Bare, guarded } from '../kit/guarded.ts';
import { openProtection } from '../kit/protection.ts';
import { readBackEvery } from '../kit/read-back.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { check } from './check.ts';
import { looksAtJira } from './examine.ts';
import { jira as product } from './session.ts';
import { type JiraSettings, jiraAttributes, jiraSettings } from './settings.ts';
import type { Store } from './store.ts';
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
    const store = stores[settings.store];
    const protection = openProtection(settings.never, session.username);
    const target: Target = {
      attributes: jiraAttributes(settings),
      protects: protection.protects,
      check: (call) => check(session, call),
      examine: (trial, call) => examineAll(looksAtJira(wire, session, store, target, call), target, trial, call),
      accountsPage: (cursor, call) => accountsPage(session, cursor, call),
      findAccounts: (by, call) => findAccounts(session, by, call),
      ...guarded(bareOf(session, store), protection, readBackEvery(settings.readBack)),
      close: session.close,
    };
    return target;
  },
};

/** A store over one session. */
const bareOf = (session: Session, { read, write, together }: Store): Bare => ({
  readProfile: (account, attributes, call) => read(session, account, attributes, call),
  applyChanges: (account, changes, call) => write(session, account, changes, call),
  together:
    together === null
      ? null
      : {
          size: together.size,
          readProfiles: (wanted, call) => together.read(session, wanted, call),
          applyChanges: (work, call) => together.write(session, work, call),
        },
});
