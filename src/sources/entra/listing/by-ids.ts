import type { Call } from '../../../core/call.ts';
import type { SourceId } from '../../../core/values.ts';
import type { Http } from '../../../http/http.ts';
import { findUsers } from '../client.ts';
import type { GraphUser } from '../schema.ts';
import type { Selection } from '../selection.ts';
import { quoted } from './query.ts';

/** As many ids as one filter may name (Graph: filter, limits of `or`). */
const idsAtOnce = 15;
const requestsAtOnce = 4;

/** The users of these ids with one part of a selection; people who are gone are left out. */
export const usersByIds = async (
  http: Http,
  selection: Selection,
  part: number,
  ids: readonly SourceId[],
  call: Call,
): Promise<readonly GraphUser[]> => {
  const filters: string[] = [];
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    const some = ids.slice(from, from + idsAtOnce);
    filters.push(some.map((id) => `id eq ${quoted(id)}`).join(' or '));
  }
  const found: GraphUser[] = [];
  for (let from = 0; from < filters.length; from += requestsAtOnce) {
    const asked = filters.slice(from, from + requestsAtOnce);
    const answers = await Promise.all(asked.map((filter) => findUsers(http, selection, part, filter, call)));
    found.push(...answers.flat());
  }
  return found;
};
