import type { AttributeId } from '../../core/profile.ts';
import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import { openProtection } from '../atlassian/protection.ts';
import { loadOf } from '../atlassian/settings.ts';
import { readBackEvery } from '../kit/read-back.ts';
import { inOrder, only, ownOrNever, refuseAll } from '../kit/weigh.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { applyChanges } from './apply.ts';
import { check } from './check.ts';
import { looksAtConfluence } from './examine.ts';
import { isPreference, readPreferences, writePreferences } from './preferences.ts';
import { openUserForm, profileOf } from './profile.ts';
import { confluence as product } from './session.ts';
import { type ConfluenceSettings, confluenceAttributes, confluenceSettings } from './settings.ts';

/** Confluence Data Center: the six fields of a user's profile, and preferences where the remote API is on. */
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
    const read: Target['readProfile'] = (account, attributes, call) =>
      protection.watch(account, async () => {
        const [preferences, fields] = split(attributes, (attribute) => attribute);
        return new Map([
          ...(fields.length === 0 ? [] : only(profileOf(await openUserForm(session, account, call)), fields)),
          ...(preferences.length === 0 ? [] : await readPreferences(session, account, preferences, call)),
        ]);
      });
    const write: Target['applyChanges'] = (account, changes, call) =>
      protection.watch(account, async () => {
        const [preferences, fields] = split(changes, ({ attribute }) => attribute);
        // The form first only as far as it opens: an account out of reach, or inactive, gets neither.
        if (fields.length > 0 && preferences.length > 0) await openUserForm(session, account, call);
        return inOrder(changes, [
          ...(preferences.length === 0 ? [] : await writePreferences(session, account, preferences, call)),
          ...(fields.length === 0 ? [] : await applyChanges(session, account, fields, call)),
        ]);
      });
    const target: Target = {
      attributes: confluenceAttributes(settings),
      protects: protection.protects,
      check: (call) => check(session, call),
      examine: (trial, call) =>
        examineAll(looksAtConfluence(wire, session, target, settings, call), target, trial, call),
      accountsPage: (cursor, call) => accountsPage(session, cursor, call),
      findAccounts: (by, call) => findAccounts(session, by, call),
      together: null,
      readProfile: read,
      applyChanges: async (account, changes, call) => {
        if (protection.protects(account)) return refuseAll(changes, ownOrNever);
        const results = await write(account, changes, call);
        return readBack(changes, results, (attributes) => read(account, attributes, call));
      },
      close: session.close,
    };
    return target;
  },
};

/** What is kept as preferences, and what in the form. */
const split = <Item>(
  items: readonly Item[],
  attributeOf: (item: Item) => AttributeId,
): readonly [preferences: readonly Item[], fields: readonly Item[]] => [
  items.filter((item) => isPreference(attributeOf(item))),
  items.filter((item) => !isPreference(attributeOf(item))),
];
