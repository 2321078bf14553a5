import { z } from 'zod';
import type { BatchRest } from '../../core/batch.ts';
import { refreshFigures } from '../../ledger/figures.ts';
import { keptJson } from '../../ledger/kept-json.ts';
import { type ListedAccount, lastAccountPage, storeAccountPage } from '../../ledger/links/accounts.ts';
import { linkOf } from '../../ledger/links/links.ts';
import {
  countToLookFor,
  forgetLooks,
  knownTarget,
  peopleToLookFor,
  recallAccounts,
} from '../../ledger/links/looked-for.ts';
import { matchAccounts } from '../../ledger/links/match-accounts.ts';
import { matchStepsOf, stagedCounts } from '../../ledger/plan/staging.ts';
import { unlistedUsernames } from '../../ledger/plan/unlinked.ts';
import { isMatchProven } from '../../ledger/runs/reference-run.ts';
import { warnOf } from '../../ledger/runs/runs.ts';
import { accountOf } from '../account-text.ts';
import { inParallel } from '../apply/lanes.ts';
import { type Lease, withSlots } from '../apply/lease.ts';
import { stageLeavers } from '../leavers/stage.ts';
import type { TargetAtRun } from '../open/connector.ts';
import { retryUnanswered } from '../retry-unanswered.ts';
import type { Work } from '../work.ts';
import { foundBy, foundByMatch, listed } from './look-up.ts';
import { stageAgain } from './stage-again.ts';

/**
 * Gives every candidate of a target its account: by link, else from what a run of the last hours found for their keys,
 * else by asking: through the target's own listing, or, if that was read recently, by name for a few people. People
 * whose link a listing contradicts are looked for again. Leavers whose period is over become candidates too. Continues
 * after the last stored page.
 */
export const readAccounts = async (work: Work, target: TargetAtRun): Promise<BatchRest> => {
  const { ledger, run } = work;
  if (run.person !== null) return readAccount(work, target);
  await refreshFigures(ledger, { filled: ['staged_user', 'staged_key'], grown: ['profile', 'looked_for'] });
  const people = await countToLookFor(ledger, run, target);
  if (people > 0) {
    const { linked, isListed } = await knownTarget(ledger, run, target);
    const asks = people <= mostAsked(linked) && (isListed || run.mode === 'delta');
    const end = await withSlots(work, target, false, (lease) =>
      lookForAll({ ...work, call: lease.call }, target, lease, asks),
    );
    if (end === 'noSlot') return { left: people, why: 'busy', waitMs: comeBackMs };
  }
  await stageAgain(work, target);
  await recallAccounts(ledger, run, target);
  await refreshFigures(ledger, { filled: ['account', 'account_key'], grown: [] });
  await matchAccounts(ledger, run, target);
  await stageLeavers(work, target);
  return null;
};

/** Up to how many people are asked for by name: about as many requests as a listing of everybody has pages. */
const mostAsked = (linked: number): number => Math.max(5, Math.floor(linked / 1_000));

/** The same for the one person of a run, who is looked up whatever was known before. */
const readAccount = async (work: Work, target: TargetAtRun): Promise<BatchRest> => {
  const { ledger, run } = work;
  const left = (await stagedCounts(ledger, run.id)).get(target.id) ?? 0;
  if (left > 0) {
    const end = await withSlots(work, target, true, (lease) => lookUp({ ...work, call: lease.call }, target));
    if (end === 'noSlot') return { left, why: 'busy', waitMs: comeBackMs };
  }
  if (left > 0 && !(await isMatchProven(ledger, run, target.id))) {
    await warnOf(ledger, run.id, unproven(target.id));
  }
  await matchAccounts(ledger, run, target);
  return null;
};

/** What a run of one person cannot know before a run of everybody has. */
const unproven = (target: string): string =>
  `No run has read everybody with the current match rules at ${target} yet, so it is not known whether somebody else matches this account too. A full run will find out, and will name both people.`;

/** When to come back where the target had no slot free. */
const comeBackMs = 2_000;

/**
 * How far looking has come: within the target's own listing, among those whom it does not show, or, without a listing,
 * among those who are asked for by name; by their position.
 */
type Position = { readonly listing: string | null } | { readonly unlisted: number } | { readonly asked: number };

/**
 * Continues after the last stored page, so that a wait the target asks for repeats nothing. Between two pages its slots are
 * lent to runs of one person, for a listing takes minutes where there are many accounts.
 */
const lookForAll = async (
  work: Work,
  target: TargetAtRun,
  { slots, lend }: Pick<Lease, 'slots' | 'lend'>,
  asks: boolean,
): Promise<void> => {
  const { ledger, run } = work;
  let last = await lastAccountPage(ledger, run.id, target.id);
  if (last === null && !asks) await forgetLooks(ledger, run, target);
  while (last === null || last.cursor !== null) {
    const first: Position = asks ? { asked: 0 } : { listing: null };
    const position: Position = last?.cursor == null ? first : keptPosition.read(last.cursor);
    if (last !== null) await lend();
    const { accounts, next, everybody } =
      'listing' in position
        ? await listedPage(work, target, position.listing)
        : 'asked' in position
          ? await askedPage(work, target, position.asked, slots)
          : await unlistedPage(work, target, position.unlisted, slots);
    const pageNo: number = last === null ? 0 : last.pageNo + 1;
    const cursor = next === null ? null : keptPosition.text(next);
    await storeAccountPage(ledger, run.id, target.id, { pageNo, next: cursor, everybody, accounts });
    last = { pageNo, cursor };
  }
};

const keptPosition = keptJson<Position>(
  'the place in a listing of accounts',
  z.union([
    z.strictObject({ listing: z.string().nullable() }),
    z.strictObject({ unlisted: z.int() }),
    z.strictObject({ asked: z.int() }),
  ]),
);

type Part = {
  readonly accounts: readonly ListedAccount[];
  readonly next: Position | null;
  readonly everybody: boolean;
};

const listedPage = async ({ call }: Work, target: TargetAtRun, cursor: string | null): Promise<Part> => {
  const page = await retryUnanswered(call, () => target.accountsPage(cursor, call));
  const end: Position | null = page.everybody ? null : { unlisted: 0 };
  const next = page.next === null ? end : { listing: page.next };
  return { accounts: page.accounts.map(listed), next, everybody: page.everybody };
};

/** How many people are asked for by name between two commits. */
const unlistedSize = 20;

/** Some of those who may have an account that the listing does not show, asked for by exact username. */
const unlistedPage = async (
  { ledger, run, call }: Work,
  target: TargetAtRun,
  from: number,
  slots: number,
): Promise<Part> => {
  const people = await unlistedUsernames(ledger, run, target, from, unlistedSize);
  const accounts: ListedAccount[] = [];
  const values = people.flatMap(({ usernames }) => usernames);
  await inParallel(values, slots, async (value) => {
    const found = await retryUnanswered(call, () => target.findAccounts({ by: 'username', value }, call));
    accounts.push(...found.map(listed));
  });
  const last = people.at(-1);
  const next = last === undefined || people.length < unlistedSize ? null : { unlisted: last.pos + 1 };
  return { accounts, next, everybody: false };
};

/** Some of those who have to be looked for, each asked for by their keys as one person would be. */
const askedPage = async (work: Work, target: TargetAtRun, from: number, slots: number): Promise<Part> => {
  const people = await peopleToLookFor(work.ledger, work.run, target, from, unlistedSize);
  const accounts: ListedAccount[] = [];
  await inParallel(people, slots, async ({ steps }) => {
    const found = await retryUnanswered(work.call, () => foundByMatch(target, steps, work.call));
    accounts.push(...found.map(withOwnKeys));
  });
  const last = people.at(-1);
  const next = last === undefined || people.length < unlistedSize ? null : { asked: last.pos + 1 };
  return { accounts, next, everybody: false };
};

/** An account as it was asked for: it is found by that key whatever the answer shows of it, and by its own. */
const withOwnKeys = (found: ListedAccount): ListedAccount => ({
  ...found,
  keys: [...found.keys, ...listed(accountOf(found.text)).keys],
});

/**
 * Looks for one person's account. A remembered account that its name still leads to is the person's. Otherwise the
 * product no longer knows it, or knows it by another name, and the match rules are tried as for somebody without a
 * link.
 */
const lookUp = async ({ ledger, run, call }: Work, target: TargetAtRun): Promise<void> => {
  if (run.person === null || (await lastAccountPage(ledger, run.id, target.id)) !== null) return;
  const steps = await matchStepsOf(ledger, run.id, target.id);
  if (steps === null) return;
  const store = (accounts: readonly ListedAccount[], everybody: boolean) =>
    storeAccountPage(ledger, run.id, target.id, { pageNo: 0, next: null, everybody, accounts });
  const link = await linkOf(ledger, { connector: run.connector, target, person: run.person });
  if (link !== null) {
    const known = accountOf(link.account);
    const named = await foundBy(target, { by: 'username', value: known.username }, call);
    if (link.by === 'byHand' || named.some(({ key }) => key === known.key)) return store(named, false);
  }
  return store(await foundByMatch(target, steps, call), link !== null);
};
