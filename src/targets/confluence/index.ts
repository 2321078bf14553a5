import type { AttributeId } from '../../core/profile.ts';
import { examineAll } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import type { Session } from '../atlassian/session.ts';
import { loadOf } from '../atlassian/settings.ts';
import { type Bare, guarded } from '../kit/guarded.ts';
import { openProtection } from '../kit/protection.ts';
import { readBackEvery } from '../kit/read-back.ts';
import { inOrder, only, unsentAll } from '../kit/weigh.ts';
import type { Target, TargetDefinition } from '../target.ts';
import { accountsPage, findAccounts } from './accounts.ts';
import { writeFields } from './apply.ts';
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
    const protection = openProtection(settings.never, session.username);
    const target: Target = {
      attributes: confluenceAttributes(settings),
      protects: protection.protects,
      check: (call) => check(session, call),
      examine: (trial, call) =>
        examineAll(looksAtConfluence(wire, session, target, settings, call), target, trial, call),
      accountsPage: (cursor, call) => accountsPage(session, cursor, call),
      findAccounts: (by, call) => findAccounts(session, by, call),
      ...guarded(bareOf(session), protection, readBackEvery(settings.readBack)),
      close: session.close,
    };
    return target;
  },
};

/** Fields by the form, preferences by the remote API. */
const bareOf = (session: Session): Bare => ({
  together: null,
  readProfile: async (account, attributes, call) => {
    const [preferences, fields] = split(attributes, (attribute) => attribute);
    return new Map([
      ...(fields.length === 0 ? [] : only(profileOf(await openUserForm(session, account, call)), fields)),
      ...(preferences.length === 0 ? [] : await readPreferences(session, account, preferences, call)),
    ]);
  },
  applyChanges: async (account, changes, call) => {
    const [preferences, fields] = split(changes, ({ attribute }) => attribute);
    if (preferences.length === 0) return writeFields(session, account, fields, call);
    if (fields.length === 0) return writePreferences(session, account, preferences, call);
    try {
      // An account out of reach gets neither, and only the form tells that it is.
      await openUserForm(session, account, call);
    } catch (ended) {
      return unsentAll(changes, ended);
    }
    const first = await writePreferences(session, account, preferences, call);
    const second =
      first.ended === null ? await writeFields(session, account, fields, call) : unsentAll(fields, first.ended);
    return { results: inOrder(changes, [...first.results, ...second.results]), ended: second.ended };
  },
});

/** What is kept as preferences, and what in the form. */
const split = <Item>(
  items: readonly Item[],
  attributeOf: (item: Item) => AttributeId,
): readonly [preferences: readonly Item[], fields: readonly Item[]] => [
  items.filter((item) => isPreference(attributeOf(item))),
  items.filter((item) => !isPreference(attributeOf(item))),
];
