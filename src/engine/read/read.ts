import { Failure, isFailure } from '../../core/failure.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import { stagedCounts } from '../../ledger/plan/staging.ts';
import { changedReads } from '../../ledger/reading/last-read.ts';
import {
  endRead,
  type LastPage,
  lastPage,
  nextRead,
  pageChain,
  readProof,
  restartRead,
  seenUsers,
  storePage,
} from '../../ledger/reading/pages.ts';
import { currentWatermark, watermarkBasis } from '../../ledger/reading/watermarks.ts';
import type { ReadPlace, SourcePage } from '../../sources/source.ts';
import { retryUnanswered } from '../retry-unanswered.ts';
import { isTimeUp, type Work } from '../work.ts';
import { finishRead, type ReadProgress } from './finish.ts';
import { readGroups, withOwnGroups } from './groups.ts';
import { keepOrStage } from './keep-or-stage.ts';
import { withOwnManager } from './managers.ts';
import { stageUsers } from './stage.ts';

/** How often a listing is begun again when the provider no longer knows the place. */
const maxRestarts = 5;

/**
 * Reads pages one after the other until the provider's own end or until `call.deadline`, asking for the next page while
 * the present one is worked on. Continues after the last stored page. A listing that never ends, however often it is
 * begun, is abandoned: the people who were read are processed, and nobody counts as gone.
 */
export const readPages = async (work: Work): Promise<ReadProgress> => {
  const { ledger, run } = work;
  if (!(await readGroups(work))) return { ended: false, everybody: false, pages: 0, users: 0 };
  let { readNo } = run;
  for (;;) {
    const attempt = { ...work, run: { ...run, readNo } };
    try {
      return await readOn(attempt);
    } catch (error) {
      if (!isFailure(error) || error.kind !== 'cursorExpired') throw error;
      if (readNo >= maxRestarts) return readNoFurther(attempt);
      readNo = await restartRead(ledger, run.id, readNo);
    }
  }
};

const readNoFurther = async (work: Work): Promise<ReadProgress> => {
  const { ledger, run } = work;
  const last = await lastPage(ledger, run.id, run.readNo);
  if (last === null) {
    throw new Failure('unavailable', `The listing of users expired ${maxRestarts + 1} times before its first page.`, {
      party: 'source',
      remedy: 'Nothing was written or cleared. Run again when the provider is less busy.',
    });
  }
  const seen = await seenUsers(ledger, run.id, run.readNo);
  const positions = new Map(await stagedCounts(ledger, run.id));
  return finishRead(work, { pageNo: last.pageNo + 1, seen, positions });
};

type PageUnderWay = { readonly place: ReadPlace; readonly read: ReadMoment; readonly page: Promise<SourcePage> };

const readOn = async (work: Work): Promise<ReadProgress> => {
  const { ledger, connector, run, call } = work;
  const last = await lastPage(ledger, run.id, run.readNo);
  const seen = await seenUsers(ledger, run.id, run.readNo);
  if (last?.ended) {
    const everybody = (await readProof(ledger, run.id)) === 'everybody';
    return { ended: true, everybody, pages: last.pageNo + 1, users: seen.size };
  }
  const chain = (await pageChain(ledger, run.id, run.readNo)).map(({ next }) => next);
  const places = new Set(chain);
  const positions = new Map(await stagedCounts(ledger, run.id));
  const begin = async (place: ReadPlace): Promise<PageUnderWay> => {
    const read = await nextRead(ledger);
    const page = retryUnanswered(call, () => connector.source.readPage(place, connector.mapping.selection, call));
    page.catch(() => undefined);
    return { place, read, page };
  };
  let pageNo = last === null ? 0 : last.pageNo + 1;
  const place = places.size < chain.length ? null : await nextPlace(work, last);
  const finish = (pages: number) => finishRead(work, { pageNo: pages, seen, positions });
  if (place === null) return finish(pageNo);
  let reading = await begin(place);
  // While the ledger stores a page the next one is mapped; whatever fails, nobody comes back to the read before it is stored.
  let stored = Promise.resolve();
  try {
    for (;;) {
      const { users, bystanders, removed, end } = await reading.page;
      // A listing that leads back to where it has been has no end.
      const goesOn = end.more && !places.has(end.cursor);
      if (end.more) places.add(end.cursor);
      const next = goesOn && !isTimeUp(work) ? await begin({ at: 'cursor', cursor: end.cursor }) : null;
      // The last sighting counts: a person edited while pages are read appears again, on a later page.
      const present = new Map(users.map((user) => [user.id, user]));
      const gone = removed.filter((id) => !present.has(id));
      const again = [...present.keys(), ...gone].filter((id) => seen.has(id));
      const { read } = reading;
      const taken = await keepOrStage(work, [...present.values()], bystanders, { read, positions, counted: seen });
      const page = { readNo: run.readNo, pageNo, place: placeText(reading.place), ended: false, again, read, taken };
      const reached = end.more ? { next: end.cursor, watermark: null } : { next: null, watermark: end.watermark };
      await stored;
      stored = storePage(ledger, run.id, { ...page, ...reached, seen: [...present.keys()] });
      stored.catch(() => undefined);
      for (const id of gone) seen.delete(id);
      for (const id of present.keys()) seen.add(id);
      pageNo += 1;
      if (next === null) {
        await stored;
        return goesOn ? { ended: false, everybody: false, pages: pageNo, users: seen.size } : finish(pageNo);
      }
      reading = next;
    }
  } finally {
    await stored.catch(() => undefined);
  }
};

/** A position as the chain of pages keeps it; null for the beginning, so that the chain shows who was read. */
const placeText = (place: ReadPlace): string | null =>
  place.at === 'start' ? null : place.at === 'cursor' ? place.cursor : place.watermark;

/**
 * Where reading continues; null when the provider's listing has ended. An increment begins where the last run ended,
 * and a retry lists nobody.
 */
const nextPlace = async ({ ledger, connector, run }: Work, last: LastPage | null): Promise<ReadPlace | null> => {
  if (run.retryOf !== null) return null;
  if (last !== null) return last.cursor === null ? null : { at: 'cursor', cursor: last.cursor };
  if (run.mode !== 'delta' || run.readNo > 0) return { at: 'start' };
  const watermark = await currentWatermark(ledger, connector.id, watermarkBasis(run));
  return watermark === null ? { at: 'start' } : { at: 'watermark', watermark };
};

/** Reads one person by source id and stages them like a listing of one. Throws `notFound` when there is none. */
export const readOne = async (work: Work): Promise<ReadProgress> => {
  const { ledger, connector, run, call } = work;
  if (run.person === null) throw new Failure('config', 'This run names no person.');
  const one = { ended: true, everybody: false, pages: 1, users: 1 };
  if ((await lastPage(ledger, run.id, run.readNo)) !== null) {
    await endRead(ledger, run.id, run.readNo, 'person');
    return one;
  }
  const read = await nextRead(ledger);
  const user = await connector.source.readUser(run.person, connector.mapping.selection, call);
  if (user === null) {
    throw new Failure('notFound', 'The identity provider knows nobody with this id.', {
      party: 'source',
      remedy: 'Check the id; a newly created person can take minutes to appear.',
    });
  }
  const whole = await withOwnManager(work, await withOwnGroups(work, user));
  const mapped = await stageUsers(work, [whole], { read, positions: new Map(), counted: new Set() });
  await storePage(ledger, run.id, {
    taken: { mapped: true, ...mapped, reads: await changedReads(ledger, run, [whole], read) },
    readNo: run.readNo,
    pageNo: 0,
    place: null,
    next: null,
    watermark: null,
    ended: false,
    seen: [user.id],
    again: [],
    read,
  });
  await endRead(ledger, run.id, run.readNo, 'person');
  return one;
};
