import type { Call } from '../../core/call.ts';
import type { Http } from '../../http/http.ts';
import type { ReadPlace, SourcePage } from '../source.ts';
import { listUsers, quoted, type UserPage } from './client.ts';
import { asSourceUser, leftOutBy } from './people.ts';
import { cursorOf, type Place, placeOf, watermarkOf } from './place.ts';
import type { Selection } from './selection.ts';
import type { OktaSettings } from './settings.ts';

/** Clocks differ, and a change shows a moment after it was made: increments overlap by this much. */
const overlapMs = 5 * 60_000;

/** Every status there is and will be: a filter of any kind shows deprovisioned users too (Okta: list users). */
const everyStatus = `lastUpdated gt ${quoted('1970-01-01T00:00:00.000Z')}`;

type Reading = {
  readonly http: Http;
  readonly people: OktaSettings['people'];
  readonly selection: Selection;
  readonly call: Call;
};

/**
 * Reads one page. A full read lists everybody and ends with those who changed since it began: people who moved while
 * they were listed are among these, so that nobody is missed. An increment reads the latter alone.
 */
export const readPage = async (
  http: Http,
  people: OktaSettings['people'],
  selection: Selection,
  place: ReadPlace,
  call: Call,
): Promise<SourcePage> => {
  const reading = { http, people, selection, call };
  if (place.at === 'start') {
    const page = await listUsers(http, selection, { filter: listingFilter(people, selection) }, call);
    const since = timeOf(page);
    return list(reading, page, { step: 'list', link: null, since, mark: since, everybody: true });
  }
  const at = placeOf(place, http.party);
  if (at.step === 'changes') return changes(reading, at);
  return list(reading, await listUsers(http, selection, { link: at.link ?? '' }, call), at);
};

/** Deprovisioned people are listed where they take part, and where they may be somebody's manager. */
const listingFilter = ({ deprovisioned }: OktaSettings['people'], { managers }: Selection): string | null =>
  deprovisioned === 'include' || managers ? everyStatus : null;

/** The people a setting leaves out, where they may be named as managers. */
const bystandersOf = ({ people, selection }: Reading, users: UserPage['users']) =>
  selection.managers
    ? users.filter((user) => leftOutBy(people, user) !== null).map((user) => asSourceUser(user, selection))
    : [];

const list = (reading: Reading, { users, next }: UserPage, at: Place): SourcePage => ({
  bystanders: bystandersOf(reading, users),
  users: users
    .filter((user) => leftOutBy(reading.people, user) === null)
    .map((user) => asSourceUser(user, reading.selection)),
  removed: [],
  end: { more: true, cursor: cursorOf({ ...at, step: next === null ? 'changes' : 'list', link: next }) },
});

/** People changed since a time; whoever a setting leaves out counts as removed. */
const changes = async (reading: Reading, at: Place): Promise<SourcePage> => {
  const { http, people, selection, call } = reading;
  const filter = `lastUpdated gt ${quoted(at.since)}`;
  const page = await listUsers(http, selection, at.link === null ? { filter } : { link: at.link }, call);
  const mark = at.link === null && !at.everybody ? timeOf(page) : at.mark;
  const taking = page.users.filter((user) => leftOutBy(people, user) === null);
  const present = new Set(taking);
  return {
    users: taking.map((user) => asSourceUser(user, selection)),
    bystanders: bystandersOf(reading, page.users),
    removed: page.users.filter((user) => !present.has(user)).map(({ id }) => id),
    end:
      page.next === null
        ? { more: false, watermark: watermarkOf(mark) }
        : { more: true, cursor: cursorOf({ ...at, mark, link: page.next }) },
  };
};

/** The server's own time when it answered, less the overlap; without one, a time from which everything is read again. */
const timeOf = ({ served }: UserPage): string => new Date(served === null ? 0 : served - overlapMs).toISOString();
