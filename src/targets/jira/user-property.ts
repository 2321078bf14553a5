import { requestsOneByOne } from '../kit/requests.ts';
import { only } from '../kit/weigh.ts';
import { applyChanges } from './apply.ts';
import { listOf, readHeld } from './profile.ts';
import type { Store } from './store.ts';

/** User Properties as an administrator sees them, through Jira's administration pages. */
export const userProperty: Store = {
  page: listOf,
  over: (session) => ({
    together: null,
    readProfile: async (account, attributes, call) =>
      only((await readHeld(session, account, call)).profile, attributes),
    applyChanges: (account, changes, call) => applyChanges(session, account, changes, call),
  }),
  // The account by its key, and the page of its properties.
  requests: (readBack) =>
    requestsOneByOne({ reads: () => 2, writes: ({ properties }) => properties, readBack: () => 2 }, readBack),
};
