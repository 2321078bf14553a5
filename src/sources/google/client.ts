import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { Http } from '../../http/http.ts';
import { placeGone } from '../refusals.ts';
import { type GoogleUser, googleUser, userPage } from './schema.ts';
import { queryOf, type Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

/** One answer of the listing of users; `next` is the token of the next page. */
export type UserPage = { readonly users: readonly GoogleUser[]; readonly next: string | null };

/** Whom a listing is of: one domain, or everybody of the customer. */
export type Whom = Pick<GoogleSettings, 'customer' | 'domain'>;

const route = '/admin/directory/v1/users';

/** One page of everybody, by mail, which no edit but a new mail moves (Directory API: users.list). */
export const listUsers = async (
  http: Http,
  { customer, domain }: Whom,
  selection: Selection,
  token: string | null,
  call: Call,
): Promise<UserPage> => {
  const { users, query } = queryOf(selection);
  const whole = {
    ...(domain === undefined ? { customer: customer ?? 'my_customer' } : { domain }),
    maxResults: '500',
    orderBy: 'email',
    ...query,
    fields: `nextPageToken,users(${users})`,
  };
  const request = { route, kind: 'listing', query: token === null ? whole : { ...whole, pageToken: token } } as const;
  const ask = async (): Promise<UserPage> => {
    const { body } = await http.get(request, userPage, call);
    return { users: body.users, next: body.nextPageToken ?? null };
  };
  if (token === null) return ask();
  try {
    return await ask().catch((error: unknown) => (isBackendError(error) ? ask() : Promise.reject(error)));
  } catch (error) {
    throw isBackendError(error) || isInvalidToken(error) ? placeGone(http.party) : error;
  }
};

/** After an hour of paging every further page is a 503 (Directory API: troubleshoot error codes). */
const isBackendError = (error: unknown): boolean =>
  isFailure(error) && error.kind === 'unavailable' && error.facts.status === 503;

/** A token that is not held any more is an invalid input. */
const isInvalidToken = (error: unknown): boolean =>
  isFailure(error) && error.kind === 'config' && error.facts.status === 400;

/** One user by id, mail or alias (Directory API: users.get); throws `notFound`. */
export const getUser = async (http: Http, selection: Selection, key: string, call: Call): Promise<GoogleUser> => {
  const { users, query } = queryOf(selection);
  const request = {
    route: `${route}/{key}`,
    params: { key },
    kind: 'read',
    query: { ...query, fields: users },
  } as const;
  return (await http.get(request, googleUser, call)).body;
};
