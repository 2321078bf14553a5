import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Http } from '../../http/http.ts';
import { isObjectId } from './groups.ts';
import { pageSizeOf, queryOf, quoted } from './listing/query.ts';
import { type GraphUser, graphUser, userPage } from './schema.ts';
import type { Selection } from './selection.ts';

/** One answer of the listing of users. */
export type UserPage = { readonly users: readonly GraphUser[]; readonly next: string | null };

/** Background reads give way to people who work with the tenant (Graph: throttling, priority). */
const low = { 'x-ms-throttle-priority': 'Low' };

/** One page of one part of a selection: the first, or the one that a link leads to (Graph: list users, paging). */
export const listUsers = async (
  http: Http,
  selection: Selection,
  part: number,
  link: string | null,
  call: Call,
): Promise<UserPage> => {
  const query = { ...queryOf(selection, part), $top: String(pageSizeOf(selection)) };
  const request = { route: '/v1.0/users', kind: 'listing', headers: low } as const;
  const { body } = await http.get(link === null ? { ...request, query } : { ...request, link }, userPage, call);
  return { users: body.value, next: body['@odata.nextLink'] ?? null };
};

/** The users a filter finds, with one part of a selection; throws `wrongShape` when there are more than one page. */
export const findUsers = async (
  http: Http,
  selection: Selection,
  part: number,
  filter: string,
  call: Call,
): Promise<readonly GraphUser[]> => {
  const query = { $filter: filter, ...queryOf(selection, part) };
  const { body } = await http.get({ route: '/v1.0/users', kind: 'read', query }, userPage, call);
  if (body['@odata.nextLink'] === undefined) return body.value;
  throw new Failure('wrongShape', `${http.party} answers a search for a few users at GET /v1.0/users with many.`, {
    party: http.party,
  });
};

/** A key as Graph's address wants it: what could be read as part of the address goes into quotes (Graph: get user). */
const addressed = (key: string) =>
  isObjectId.test(key) || /^[^$]+@/.test(key)
    ? { route: '/v1.0/users/{key}', params: { key } }
    : { route: '/v1.0/users({key})', params: { key: quoted(key) } };

/** One user by id or userPrincipalName, with one part of a selection; throws `notFound`. */
export const getUser = async (
  http: Http,
  selection: Selection,
  part: number,
  key: string,
  call: Call,
): Promise<GraphUser> => {
  const query = queryOf(selection, part);
  return (await http.get({ ...addressed(key), kind: 'read', query }, graphUser, call)).body;
};
