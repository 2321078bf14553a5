import type { Call } from '../../core/call.ts';
import type { Answer, Http } from '../../http/http.ts';
import { type OktaUser, oktaUser, userPage } from './schema.ts';
import { fieldsOf, type Selection } from './selection.ts';

/** The largest page of users Okta gives (Okta: list users, `limit`). */
export const pageSize = '200';

/** Leaves out what a listing is slow for (Okta: list users, `okta-response`). */
const lean = {
  'content-type': 'application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"',
};

/** One answer of a listing; `served` is the server's own clock when it answered, null when it said nothing. */
export type UserPage = {
  readonly users: readonly OktaUser[];
  readonly next: string | null;
  readonly served: number | null;
};

/** One page of users: the first of a filter, or the one behind a link. Without a filter deprovisioned users are hidden. */
export const listUsers = async (
  http: Http,
  selection: Selection,
  from: { readonly link: string } | { readonly filter: string | null },
  call: Call,
): Promise<UserPage> => {
  const request = { route: '/api/v1/users', kind: 'listing', headers: lean } as const;
  const query = (filter: string | null) => ({
    limit: pageSize,
    ...(filter === null ? {} : { filter }),
    fields: fieldsOf(selection),
  });
  const { body, answer } = await http.get(
    'link' in from ? { ...request, link: from.link } : { ...request, query: query(from.filter) },
    userPage,
    call,
  );
  const served = Date.parse(answer.header('date') ?? '');
  return { users: body, next: nextLink(answer), served: Number.isNaN(served) ? null : served };
};

/** The users a filter finds, at most a page of them. */
export const findUsers = async (
  http: Http,
  selection: Selection,
  filter: string,
  call: Call,
): Promise<readonly OktaUser[]> => {
  const query = { limit: pageSize, filter, fields: fieldsOf(selection) };
  return (await http.get({ route: '/api/v1/users', kind: 'read', query, headers: lean }, userPage, call)).body;
};

/** One user by id or login (Okta: get user); throws `notFound`. */
export const getUser = async (http: Http, key: string, call: Call): Promise<OktaUser> =>
  (await http.get({ route: '/api/v1/users/{key}', params: { key }, kind: 'read', headers: lean }, oktaUser, call)).body;

/** The link to the next page; several Link headers arrive joined by commas (RFC 8288; Okta: pagination). */
export const nextLink = (answer: Answer): string | null => {
  for (const [, target = '', parameters = ''] of (answer.header('link') ?? '').matchAll(
    /<([^>]*)>((?:\s*;[^,<]*)*)/g,
  )) {
    if (/;\s*rel="?next"?/i.test(parameters)) return target;
  }
  return null;
};

/** A text inside a filter. */
export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
