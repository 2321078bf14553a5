import type { Call } from '../../core/call.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { onlyOneOf, refuseLeftOut, unlessGone } from '../refusals.ts';
import { findUsers, getUser, quoted } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import type { OktaUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

/**
 * One person by id or login, or else by mail (Okta: get user; list users, filter by profile.email);
 * everybody counts where `people` is null.
 */
export const readUser = async (
  http: Http,
  people: OktaSettings['people'] | null,
  selection: Selection,
  key: string,
  call: Call,
): Promise<SourceUser | null> => {
  const user = (await byKey(http, key, call)) ?? (await byMail(http, selection, key, call));
  if (user === null) return null;
  refuseLeftOut(http.party, people === null ? null : leftOutBy(people, user));
  return asSourceUser(user, selection);
};

/** Okta reads `me` as the owner of the token, and a part of a login as the login: what comes must be what was asked for. */
const byKey = async (http: Http, key: string, call: Call): Promise<OktaUser | null> => {
  if (key.includes('/')) return null;
  const user = await unlessGone(getUser(http, key, call));
  const login = user?.profile.login;
  const isIt = user?.id === key || (typeof login === 'string' && login.toLowerCase() === key.toLowerCase());
  return isIt ? user : null;
};

const byMail = async (http: Http, selection: Selection, key: string, call: Call): Promise<OktaUser | null> => {
  if (!key.includes('@')) return null;
  return onlyOneOf(http.party, await findUsers(http, selection, `profile.email eq ${quoted(key)}`, call));
};
