import type { Call } from '../../core/call.ts';
import { Failure, isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { getUser } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import type { GoogleUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

/** One person by id, primary mail or alias; the directory lets only one have any of these (Directory API: users.get). */
export const readUser = async (
  http: Http,
  people: GoogleSettings['people'],
  selection: Selection,
  key: string,
  call: Call,
  whoever = false,
): Promise<SourceUser | null> => {
  const user = await byKey(http, selection, key, call);
  if (user === null) return null;
  const setting = whoever ? null : leftOutBy(people, user);
  if (setting === null) return asSourceUser(user, selection);
  throw new Failure('rejected', `The person asked for is left out by ${setting}.`, {
    party: http.party,
    remedy: 'Change this setting of the source to have them synchronized.',
  });
};

/** A text that can be no key is answered as an invalid input. */
const byKey = async (http: Http, selection: Selection, key: string, call: Call): Promise<GoogleUser | null> => {
  try {
    return await getUser(http, selection, key, call);
  } catch (error) {
    const isNobody = isFailure(error) && (error.kind === 'notFound' || error.facts.status === 400);
    if (isNobody) return null;
    throw error;
  }
};
