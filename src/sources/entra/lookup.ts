import type { Call } from '../../core/call.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { findUsers, getUser } from './client.ts';
import { completed } from './join.ts';
import { attributesOf, leftOutBy } from './people.ts';
import { quoted } from './query.ts';
import type { GraphUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

/** One person by id, userPrincipalName, or else by mail or another mail (Graph: get user; list users, filter). */
export const readUser = async (
  http: Http,
  people: EntraSettings['people'],
  selection: Selection,
  key: string,
  call: Call,
  whoever = false,
): Promise<SourceUser | null> => {
  const first = (await byKey(http, selection, key, call)) ?? (await byMail(http, selection, key, call));
  if (first === null) return null;
  const setting = whoever ? null : leftOutBy(people, first);
  if (setting !== null) {
    throw new Failure('rejected', `The person asked for is left out by ${setting}.`, {
      party: http.party,
      remedy: 'Change this setting of the source to have them synchronized.',
    });
  }
  const others = selection.parts.slice(1).map(() => []);
  const [user] = await completed(http, selection, [first], others, call);
  return user === undefined ? null : { id: user.id, attributes: attributesOf(user, selection) };
};

const byKey = async (http: Http, selection: Selection, key: string, call: Call): Promise<GraphUser | null> => {
  try {
    return await getUser(http, selection, 0, key, call);
  } catch (error) {
    if (isFailure(error) && error.kind === 'notFound') return null;
    throw error;
  }
};

const byMail = async (http: Http, selection: Selection, key: string, call: Call): Promise<GraphUser | null> => {
  if (!key.includes('@')) return null;
  const mail = quoted(key);
  const found = await findUsers(http, selection, 0, `mail eq ${mail} or otherMails/any(x:x eq ${mail})`, call);
  if (found.length <= 1) return found[0] ?? null;
  const ids = found.map(({ id }) => id).join(', ');
  throw new Failure('rejected', `${found.length} people of ${http.party} have this mail: ${ids}.`, {
    party: http.party,
    remedy: 'Ask for one of them by id.',
  });
};
