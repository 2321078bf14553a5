import type { CountRequests } from '../../core/plan/requests.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Bare } from '../kit/guarded.ts';
import { requestsOneByOne } from '../kit/requests.ts';
import { inOrder, only, unsentAll } from '../kit/weigh.ts';
import { writeFields } from './apply.ts';
import { isPreference, readPreferences, writePreferences } from './preferences.ts';
import { openUserForm, profileOf } from './profile.ts';

/** Fields by the form that edits a user, preferences by the remote API. */
export const userForm = (session: Session): Bare => ({
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

/**
 * The form takes the account by its key, the form, and one write; preferences the account, and for each a read and a
 * write. For both, the form is opened once more beforehand.
 */
export const formRequests = (readBack: number): CountRequests =>
  requestsOneByOne(
    {
      reads: ({ fields, properties }) =>
        (fields > 0 ? 2 : 0) + (properties > 0 ? 1 + properties : 0) + (fields > 0 && properties > 0 ? 1 : 0),
      writes: ({ fields, properties }) => (fields > 0 ? 1 : 0) + properties,
      readBack: ({ fields, properties }) => (fields > 0 ? 1 : 0) + (properties > 0 ? 1 + properties : 0),
    },
    readBack,
  );

/** What is kept as preferences, and what in the form. */
const split = <Item>(
  items: readonly Item[],
  attributeOf: (item: Item) => AttributeId,
): readonly [preferences: readonly Item[], fields: readonly Item[]] => [
  items.filter((item) => isPreference(attributeOf(item))),
  items.filter((item) => !isPreference(attributeOf(item))),
];
