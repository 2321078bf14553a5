import type { Call } from '../../../core/call.ts';
import type { Http } from '../../../http/http.ts';
import type { GraphUser } from '../schema.ts';
import type { Selection } from '../selection.ts';
import { usersByIds } from './by-ids.ts';

/**
 * Completes the users of a page with the other parts of the selection. People who are not on the same page of another
 * part (people move while they are listed) are asked for by id; those who are gone by then are left out, as a listing
 * that began now would leave them out.
 */
export const completed = async (
  http: Http,
  selection: Selection,
  users: readonly GraphUser[],
  others: readonly (readonly GraphUser[])[],
  call: Call,
): Promise<readonly GraphUser[]> => {
  let joined = users;
  for (const [index, beside] of others.entries()) {
    const byId = new Map(beside.map((user) => [user.id, user]));
    const missing = joined.filter(({ id }) => !byId.has(id)).map(({ id }) => id);
    for (const user of await usersByIds(http, selection, index + 1, missing, call)) byId.set(user.id, user);
    joined = joined.flatMap((user) => {
      const rest = byId.get(user.id);
      return rest === undefined ? [] : [{ ...rest, ...user }];
    });
  }
  return joined;
};
