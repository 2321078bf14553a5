import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import { openProtection } from '../atlassian/protection.ts';
import { readBackEvery } from '../atlassian/read-back.ts';
import { loadOf } from '../atlassian/settings.ts';
import { only, ownOrNever, refuseAll } from '../atlassian/weigh.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { applyChanges } from './apply.ts';
import { check } from './check.ts';
import { looksAtConfluence } from './examine.ts';
import { openUserForm, profileOf } from './profile.ts';
import { confluence as product } from './session.ts';
import { type ConfluenceSettings, confluenceAttributes, confluenceSettings } from './settings.ts';

/** Confluence Data Center: the six fields of a user's profile. */
export const confluence: TargetDefinition<ConfluenceSettings> = {
  kind: 'confluence',
  settings: confluenceSettings,
  matchesBy: ['username'],
  attributes: confluenceAttributes,
  load: loadOf,
  open: (settings, { secret }) => {
    const wire = openWire(settings, 'Confluence');
    const session = openSession(product(wire.baseUrl), wire, settings.auth, secret);
    const protection = openProtection(settings.never, settings.auth);
    const readBack = readBackEvery(settings.readBack);
    const read: Target['readProfile'] = async (account, attributes, call) =>
      only(profileOf(await protection.watch(account, () => openUserForm(session, account, call))), attributes);
    const target: Target = {
      attributes: confluenceAttributes(),
      protects: protection.protects,
      check: (call) => check(session, call),
      examine: (trial, call) => examineAll(looksAtConfluence(wire, session, target, call), target, trial, call),
      accountsPage: (cursor, call) => accountsPage(session, cursor, call),
      findAccounts: (by, call) => findAccounts(session, by, call),
      together: null,
      readProfile: read,
      applyChanges: async (account, changes, call) => {
        if (protection.protects(account)) return refuseAll(changes, ownOrNever);
        const results = await protection.watch(account, () => applyChanges(session, account, changes, call));
        return readBack(changes, results, (attributes) => read(account, attributes, call));
      },
      close: session.close,
    };
    return target;
  },
};
