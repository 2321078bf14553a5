import { Failure } from '../../core/failure.ts';
import type { AttributeId, ChangeResult } from '../../core/profile.ts';
import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import { openProtection, type Protection } from '../atlassian/protection.ts';
import type { Session } from '../atlassian/session.ts';
import { loadOf } from '../atlassian/settings.ts';
import { type ReadBack, readBackEvery } from '../kit/read-back.ts';
import { ownOrNever, refuseAll } from '../kit/weigh.ts';
import type { Target, TargetDefinition, Together } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { check } from './check.ts';
import { looksAtJira } from './examine.ts';
import { jira as product } from './session.ts';
import { type JiraSettings, jiraAttributes, jiraSettings } from './settings.ts';
import type { Store, StoreTogether } from './store.ts';
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
      together: store.together === null ? null : togetherOf(store.together, session, store, protection, readBack),
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

/** A batch: accounts that are never written are answered for here, the others go to the store in one request. */
const togetherOf = (
  batch: StoreTogether,
  session: Session,
  store: Store,
  { protects }: Protection,
  readBack: ReadBack,
): Together => ({
  size: batch.size,
  readProfiles: (wanted, call) => batch.read(session, wanted, call),
  applyChanges: async (work, call) => {
    const allowed = work.filter(({ account }) => !protects(account));
    const written = allowed.length === 0 ? [] : await batch.write(session, allowed, call);
    const results = new Map(allowed.map((one, index) => [one, written[index]]));
    const all: (readonly ChangeResult[] | Failure)[] = [];
    for (const one of work) {
      const result = results.get(one) ?? refuseAll(one.changes, ownOrNever);
      const read = (attributes: readonly AttributeId[]) => store.read(session, one.account, attributes, call);
      all.push(result instanceof Failure ? result : await readBack(one.changes, result, read));
    }
    return all;
  },
});
