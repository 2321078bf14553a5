import type { Call } from '../../core/call.ts';
import { isFailure } from '../../core/failure.ts';
import type { SourceUser } from '../../core/values.ts';
import type { Http } from '../../http/http.ts';
import type { PageEnd, ReadPlace, SourcePage } from '../source.ts';
import { listUsers } from './client.ts';
import { usersByIds } from './listing/by-ids.ts';
import { chainCount, placesNow, readChanges, type Tracking, trackingOf } from './listing/changes.ts';
import { completed } from './listing/join.ts';
import { type Changing, cursorOf, type Listing, placeOf, watermarkOf } from './listing/place.ts';
import { reportsOf } from './listing/reports.ts';
import { attributesOf, leftOutBy } from './people.ts';
import type { GraphUser } from './schema.ts';
import type { Selection } from './selection.ts';
import type { EntraSettings } from './settings.ts';

type Reading = {
  readonly http: Http;
  readonly people: EntraSettings['people'];
  readonly selection: Selection;
  readonly call: Call;
};

/**
 * Reads one page. A full read notes the place in the changes first, lists everybody, and ends with the changes since
 * that place: people who moved while they were listed are among these, so that nobody is missed. The watermark is the
 * place noted first; what changed during the read comes again in the next increment.
 */
export const readPage = async (
  http: Http,
  people: EntraSettings['people'],
  selection: Selection,
  place: ReadPlace,
  call: Call,
): Promise<SourcePage> => {
  const reading = { http, people, selection, call };
  const tracking = trackingOf(selection);
  if (place.at === 'start') {
    return list(reading, { step: 'list', links: null, since: await trackedFrom(http, tracking, call) });
  }
  const sizes = { parts: selection.parts.length, chains: chainCount(tracking) };
  const at = placeOf(place, sizes, http.party);
  return at.step === 'list' ? list(reading, at) : change(reading, at);
};

/**
 * The first part of the selection is the listing: its end is the end, and only people on it are users. Pages of the
 * other parts are asked for beside it and joined by id.
 */
const list = async ({ http, people, selection, call }: Reading, { links, since }: Listing): Promise<SourcePage> => {
  const pages = await Promise.all(
    selection.parts.map(async (_, part) => {
      const link = links?.[part] ?? null;
      return links !== null && link === null ? { users: [], next: null } : listUsers(http, selection, part, link, call);
    }),
  );
  const [first = { users: [], next: null }, ...others] = pages;
  const taking = first.users.filter((user) => leftOutBy(people, user) === null);
  const beside = others.map((page) => page.users);
  const users = await completed(http, selection, taking, beside, call);
  return { users: users.map(asSourceUser(selection)), bystanders: [], removed: [], end: endOf(pages, since) };
};

const endOf = (pages: readonly { readonly next: string | null }[], since: Listing['since']): PageEnd => {
  const links = pages.map(({ next }) => next);
  if (links[0] !== null) return { more: true, cursor: cursorOf({ step: 'list', links, since }) };
  if (since === null) return { more: false, watermark: null };
  const chains = since.map((link) => ({ link, ended: false }));
  return { more: true, cursor: cursorOf({ step: 'changes', chains, since }) };
};

/** The places to read changes from; null where Graph does not track what is selected, so that there are no increments. */
const trackedFrom = async (http: Http, tracking: Tracking, call: Call): Promise<string[] | null> => {
  try {
    return [...(await placesNow(http, tracking, call))];
  } catch (error) {
    if (isFailure(error) && error.kind === 'config') return null;
    throw error;
  }
};

/**
 * Changes name people; what they are now is read by id, managers included, because an item of a change need not hold
 * everything. People whose manager changed are read too. People excluded by a setting count as removed.
 */
const change = async (reading: Reading, { chains, since }: Changing): Promise<SourcePage> => {
  const { http, people, selection, call } = reading;
  const changed = await readChanges(http, trackingOf(selection), chains, call);
  const ids = new Set([...changed.people, ...changed.gone]);
  for (const manager of changed.managers) for (const id of await reportsOf(http, manager, call)) ids.add(id);
  const first = await usersByIds(http, selection, 0, [...ids], call);
  const taking = first.filter((user) => leftOutBy(people, user) === null);
  const users = await completed(
    http,
    selection,
    taking,
    selection.parts.slice(1).map(() => []),
    call,
  );
  const present = new Set(taking.map(({ id }) => id));
  const leftOut = first.filter(({ id }) => !present.has(id)).map(({ id }) => id);
  const gone = [...changed.gone].filter((id) => !first.some((user) => user.id === id));
  const ended = changed.chains.every((chain) => chain.ended);
  return {
    users: users.map(asSourceUser(selection)),
    bystanders: [],
    removed: [...gone, ...leftOut],
    end: ended
      ? { more: false, watermark: watermarkOf(since ?? changed.chains.map(({ link }) => link)) }
      : { more: true, cursor: cursorOf({ step: 'changes', chains: [...changed.chains], since }) },
  };
};

const asSourceUser =
  (selection: Selection) =>
  (user: GraphUser): SourceUser => ({ id: user.id, attributes: attributesOf(user, selection) });
