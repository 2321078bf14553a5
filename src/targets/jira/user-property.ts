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
};
