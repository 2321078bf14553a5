import type { Call } from '../../core/call.ts';
import { Failure, isFailure } from '../../core/failure.ts';
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
  if (token === null) return ask().catch((error: unknown) => blameSchemas(http, whole, selection, error, call));
  try {
    return await ask().catch((error: unknown) => (isBackendError(error) ? ask() : Promise.reject(error)));
  } catch (error) {
    throw isBackendError(error) || isInvalid(error) ? placeGone(http.party) : error;
  }
};

/** After an hour of paging every further page is a 503 (Directory API: troubleshoot error codes). */
const isBackendError = (error: unknown): boolean =>
  isFailure(error) && error.kind === 'unavailable' && error.facts.status === 503;

/** A token that is not held any more, a key that is none and a schema nobody has are invalid inputs. */
const isInvalid = (error: unknown): boolean =>
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
  try {
    return (await http.get(request, googleUser, call)).body;
  } catch (error) {
    const anybody = { customer: 'my_customer', maxResults: '1' };
    return await blameSchemas(http, anybody, selection, error, call);
  }
};

/**
 * The Directory API refuses a request that names a custom schema the customer does not have, and does not say which: each
 * is asked for by itself. Throws what was refused where it is none of them.
 */
const blameSchemas = async (
  http: Http,
  whole: Readonly<Record<string, string>>,
  { schemas }: Selection,
  error: unknown,
  call: Call,
): Promise<never> => {
  if (schemas.size === 0 || !isInvalid(error)) throw error;
  const missing: string[] = [];
  for (const customFieldMask of schemas) {
    const query = { ...whole, projection: 'custom', customFieldMask, maxResults: '1', fields: 'users(id)' };
    const isKnown = await http.get({ route, kind: 'listing', query }, userPage, call).then(
      () => true,
      (again: unknown) => (isInvalid(again) ? false : Promise.reject(again)),
    );
    if (!isKnown) missing.push(customFieldMask);
  }
  if (missing.length === 0) throw error;
  const what = missing.length === 1 ? 'custom schema' : 'custom schemas';
  throw new Failure('config', `${http.party} has no ${what} ${missing.join(', ')}.`, {
    party: http.party,
    remedy: 'Correct the name in the mapping: `attune attributes <connector>` lists the schemas that people have.',
    cause: error,
  });
};
