import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Http } from '../../http/http.ts';
import type { ReadPlace, SourcePage } from '../source.ts';
import { listUsers, type Whom } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import type { Selection } from './selection.ts';
import type { GoogleSettings } from './settings.ts';

/** Reads one page of everybody. Google reports no changes: every read is a full one, and leaves no place for the next. */
export const readPage = async (
  http: Http,
  { people, ...whom }: Pick<GoogleSettings, 'people'> & Whom,
  selection: Selection,
  place: ReadPlace,
  call: Call,
): Promise<SourcePage> => {
  if (place.at === 'watermark') {
    throw new Failure('cursorExpired', `${http.party} reports no changes between two runs.`, {
      party: http.party,
      remedy: 'Everybody is read instead.',
    });
  }
  const { users, next } = await listUsers(http, whom, selection, place.at === 'cursor' ? place.cursor : null, call);
  const taking = users.filter((user) => leftOutBy(people, user) === null);
  const others = selection.managers ? users.filter((user) => leftOutBy(people, user) !== null) : [];
  return {
    users: taking.map((user) => asSourceUser(user, selection)),
    bystanders: others.map((user) => asSourceUser(user, selection)),
    removed: [],
    end: next === null ? { more: false, watermark: null } : { more: true, cursor: next },
  };
};
