import type { AttributeId } from '../../core/profile.ts';
import { examineAll, examineAnew } from '../atlassian/examine.ts';
import { openSession } from '../atlassian/open-session.ts';
import { openWire } from '../atlassian/open-wire.ts';
import { openRefusals, type Refusals } from '../atlassian/refusals.ts';
import type { Session } from '../atlassian/session.ts';
import { isPasswordAuth, loadOf } from '../atlassian/settings.ts';
import type { Wire } from '../atlassian/wire.ts';
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
import { confluenceProduct } from './product.ts';
import { openUserForm, profileOf } from './profile.ts';
import { type ConfluenceSettings, confluenceAttributes, confluenceSettings } from './settings.ts';

/** Confluence Data Center: the six fields of a user's profile, and preferences where the remote API is on. */
export const confluence: TargetDefinition<ConfluenceSettings> = {
  kind: 'confluence',
  settings: confluenceSettings,
  matchesBy: ['username'],
  attributes: confluenceAttributes,
  load: loadOf,
  open: (settings, { secret }) => {
    const { wire, anyway } = openWire(settings, 'Confluence');
    const refusals = openRefusals(isPasswordAuth(settings.auth));
    const sessionOver = (over: Wire, memory: Refusals): Session =>
      openSession(confluenceProduct(over.baseUrl), over, settings.auth, secret, memory);
    const session = sessionOver(wire, refusals);
    const protection = openProtection(settings.never, session.username);
    const readBack = readBackEvery(settings.readBack);
    const over = (used: Session): Omit<Target, 'examine' | 'attributes' | 'protects'> => ({
      check: (call) => check(used, call),
      accountsPage: (cursor, call) => accountsPage(used, cursor, call),
      findAccounts: (by, call) => findAccounts(used, by, call),
      ...guarded(bareOf(used), protection, readBack),
      close: used.close,
    });
    return {
      attributes: confluenceAttributes(settings),
      protects: protection.protects,
      ...over(session),
      examine: (trial, call) =>
        examineAnew(sessionOver(anyway, refusals.inPerson()), (used) => {
          const target = { ...over(used), protects: protection.protects };
          return examineAll(looksAtConfluence(anyway, used, target, settings, call), target, trial, call);
        }),
    };
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
