import type { Call } from '../../core/call.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { findUsers, getUser, quoted } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import type { OktaUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

/** One person by id or login, or else by mail (Okta: get user; list users, filter by profile.email). */
export const readUser = async (
  http: Http,
  people: OktaSettings['people'],
  selection: Selection,
  key: string,
  call: Call,
  whoever = false,
): Promise<SourceUser | null> => {
  const user = (await byKey(http, key, call)) ?? (await byMail(http, selection, key, call));
  if (user === null) return null;
  const setting = whoever ? null : leftOutBy(people, user);
  if (setting === null) return asSourceUser(user, selection);
  throw new Failure('rejected', `The person asked for is left out by ${setting}.`, {
    party: http.party,
    remedy: 'Change this setting of the source to have them synchronized.',
  });
};

/** Okta reads `me` as the owner of the token, and a part of a login as the login: what comes must be what was asked for. */
const byKey = async (http: Http, key: string, call: Call): Promise<OktaUser | null> => {
  if (key.includes('/')) return null;
  try {
    const user = await getUser(http, key, call);
    const { login } = user.profile;
    const isIt = user.id === key || (typeof login === 'string' && login.toLowerCase() === key.toLowerCase());
    return isIt ? user : null;
  } catch (error) {
    if (isFailure(error) && error.kind === 'notFound') return null;
    throw error;
  }
};

const byMail = async (http: Http, selection: Selection, key: string, call: Call): Promise<OktaUser | null> => {
  if (!key.includes('@')) return null;
  const found = await findUsers(http, selection, `profile.email eq ${quoted(key)}`, call);
  if (found.length <= 1) return found[0] ?? null;
  const ids = found.map(({ id }) => id).join(', ');
  throw new Failure('rejected', `${found.length} people of ${http.party} have this mail: ${ids}.`, {
    party: http.party,
    remedy: 'Ask for one of them by id.',
  });
};
