import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import { refuseLeftOut, unlessGone } from '../refusals.ts';
import { getUser } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import type { GoogleUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

/**
 * One person by id, primary mail or alias; the directory lets only one have any of these (Directory API: users.get);
 * everybody counts where `people` is null.
 */
export const readUser = async (
  http: Http,
  people: GoogleSettings['people'] | null,
  selection: Selection,
  key: string,
  call: Call,
): Promise<SourceUser | null> => {
  const user = await byKey(http, selection, key, call);
  if (user === null) return null;
  refuseLeftOut(http.party, people === null ? null : leftOutBy(people, user));
  return asSourceUser(user, selection);
};

/** A text that can be no key is answered as an invalid input. */
const byKey = async (http: Http, selection: Selection, key: string, call: Call): Promise<GoogleUser | null> => {
  try {
    return await unlessGone(getUser(http, selection, key, call));
  } catch (error) {
    if (isFailure(error) && error.facts.status === 400) return null;
    throw error;
  }
};
