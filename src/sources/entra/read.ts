import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Http } from '../../http/http.ts';
import type { ReadPlace, SourcePage } from '../source.ts';
import { listUsers } from './client.ts';
import { completed } from './join.ts';
import { attributesOf, leftOutBy } from './people.ts';
import { cursorOf, linksOf } from './place.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

/**
 * Reads one page. The first part of the selection is the listing: its end is the end, and only who stands on it is a
 * user. Pages of the other parts are asked for beside it and joined by id.
 */
export const readPage = async (
  http: Http,
  people: EntraSettings['people'],
  selection: Selection,
  place: ReadPlace,
  call: Call,
): Promise<SourcePage> => {
  if (place.at === 'watermark') throw noIncrement(http.party);
  const links = place.at === 'cursor' ? linksOf(place.cursor, selection.parts.length, http.party) : null;
  const pages = await Promise.all(
    selection.parts.map(async (_, part) => {
      const link = links?.[part] ?? null;
      return links !== null && link === null ? { users: [], next: null } : listUsers(http, selection, part, link, call);
    }),
  );
  const [first = { users: [], next: null }, ...others] = pages;
  const taking = first.users.filter((user) => leftOutBy(people, user) === null);
  const users = await completed(
    http,
    selection,
    taking,
    others.map((page) => page.users),
    call,
  );
  return {
    users: users.map((user) => ({ id: user.id, attributes: attributesOf(user, selection) })),
    removed: [],
    end:
      first.next === null
        ? { more: false, watermark: null }
        : { more: true, cursor: cursorOf(pages.map(({ next }) => next)) },
  };
};

const noIncrement = (party: string): Failure =>
  new Failure('cursorExpired', `${party} keeps no place between two runs yet.`, {
    party,
    remedy: 'Everybody is read instead.',
  });
