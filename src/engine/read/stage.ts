import { setImmediate } from 'node:timers/promises';
import { labelOf } from '../../core/people/label.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import { createCoverage } from '../../core/report/coverage.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import { knownEnds } from '../../ledger/links/known-ends.ts';
import type { NewLabel } from '../../ledger/links/labels.ts';
import { heldDigests } from '../../ledger/links/profiles.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { NewStagedUser } from '../../ledger/plan/staging.ts';
import type { NewKept } from '../../ledger/reading/kept.ts';
import type { MappedPeople } from '../../ledger/reading/pages.ts';
import { restingAmong } from '../../ledger/runs/failing.ts';
import type { NewOutcome } from '../../ledger/runs/outcomes.ts';
import { isMatchProven } from '../../ledger/runs/reference-run.ts';
import { linkBases, profileDigest } from '../digest.ts';
import type { Work } from '../work.ts';

/**
 * When people were asked for, the next position of a candidate at each target, and who was counted on an earlier page of
 * the same read.
 */
export type Reading = {
  readonly read: ReadMoment;
  readonly positions: Map<string, number>;
  readonly counted: ReadonlySet<SourceId>;
};

/** What people are staged with, in a run or for a question about one. */
type Staging = Pick<Work, 'ledger' | 'connector'> & {
  /** Without an id it is no run, and everybody is staged whatever is known of them. */
  readonly run: Pick<Work['run'], 'connector' | 'version' | 'mode' | 'person' | 'retryOf'> & {
    readonly id: string | null;
  };
};

/**
 * Maps the people of a page and compares with what the targets are known to hold. `positions` counts the candidates of
 * each target and is moved on. In a `verify` run nobody counts as unchanged here: the targets are read as well. Nor does
 * anybody in a run of everybody before one has read everybody under the present match: whom runs of one person have
 * written by then may share the account with somebody else.
 */
export const stageUsers = async (
  { ledger, connector, run }: Staging,
  users: readonly SourceUser[],
  { read, positions, counted }: Reading,
): Promise<Omit<MappedPeople, 'reads'>> => {
  // Known before anybody is mapped, so that what was mapped for whoever is unchanged need not be kept until then: garbage
  // that lives for a page is what a run without changes would pay most for.
  const held = await comparable(ledger, connector.id, run, users);
  const basisOf = linkBases(ledger, connector);
  const staged: NewStagedUser[] = [];
  const outcomes: NewOutcome[] = [];
  const unchanged: Record<string, number> = {};
  const kept: NewKept[] = [];
  const labels: NewLabel[] = [];
  const coverage = createCoverage();
  for (const [index, user] of users.entries()) {
    if (index % atATime === 0) await setImmediate();
    const evaluations = await connector.mapping.evaluate(user);
    let told = false;
    for (const [target, evaluation] of evaluations) {
      if (!counted.has(user.id)) coverage.add(target, evaluation);
      if (evaluation.kind !== 'mapped') {
        const { kind: outcome, ...why } = evaluation;
        outcomes.push({ target, person: user.id, outcome, ...why });
        told = true;
        continue;
      }
      for (const one of evaluation.kept) kept.push({ target, person: user.id, ...one });
      const digest = profileDigest(ledger, basisOf(target), evaluation.desired, evaluation.match);
      if (run.mode !== 'verify' && isHeld(held, target, user.id, digest)) {
        unchanged[target] = (unchanged[target] ?? 0) + 1;
        continue;
      }
      told = true;
      const pos = positions.get(target) ?? 0;
      positions.set(target, pos + 1);
      const { desired, rows, match } = evaluation;
      staged.push({ target, pos, person: user.id, desired, rows, match, digest, read });
    }
    if (told) labels.push({ person: user.id, label: labelOf(user, connector.source.label) });
  }
  const ended = await endedAlready(ledger, run, staged, held);
  const left = withoutEnded(staged, ended);
  for (const [target, count] of countByTarget(ended)) positions.set(target, (positions.get(target) ?? 0) - count);
  return {
    staged: left,
    outcomes: [...outcomes, ...ended],
    unchanged,
    kept,
    labels,
    coverage: coverage.of(),
  };
};

/**
 * After so many people everything else in this process has its turn: a few milliseconds. Mapping waits for nothing, so that
 * without a pause the request for the next page would not even be sent before this one is mapped, and whoever runs one
 * person would wait.
 */
const atATime = 25;

/**
 * Those of a page whose end is known without looking for their account: who fails so often for the same reason that they
 * are tried once in a while only, as long as the same is wanted for them, and who is known to have none that is written.
 * `proven` are the targets at which nobody shares an account unnoticed.
 */
const endedAlready = async (
  ledger: Ledger,
  run: Staging['run'],
  staged: readonly NewStagedUser[],
  proven: ReadonlyMap<string, unknown>,
): Promise<readonly NewOutcome[]> => {
  if (run.person !== null || run.retryOf !== null || staged.length === 0) return [];
  const resting = await restingAmong(
    ledger,
    run.connector,
    staged.map(({ person }) => person),
  );
  const ended = staged.flatMap(({ target, person, digest }): NewOutcome[] => {
    const rest = resting.find((one) => one.target === target && one.person === person && one.digest.equals(digest));
    if (rest === undefined) return [];
    const facts = { until: rest.until.toISOString(), ...(rest.said === null ? {} : { said: rest.said }) };
    return [{ target, person, outcome: 'failed', reason: 'triedWeekly', facts }];
  });
  if (run.id === null || run.mode === 'verify') return ended;
  const others = withoutEnded(staged, ended).filter(({ target }) => proven.has(target));
  return [...ended, ...(await knownEnds(ledger, { id: run.id, connector: run.connector }, others))];
};

/** The candidates who have not ended, their positions moved up. */
const withoutEnded = (staged: readonly NewStagedUser[], ended: readonly NewOutcome[]): readonly NewStagedUser[] => {
  if (ended.length === 0) return staged;
  const places = new Set(ended.map(placeOf));
  const passed = new Map<string, number>();
  return staged.flatMap((one) => {
    const before = passed.get(one.target) ?? 0;
    if (!places.has(placeOf(one))) return [{ ...one, pos: one.pos - before }];
    passed.set(one.target, before + 1);
    return [];
  });
};

type Place = Pick<NewStagedUser, 'target' | 'person'>;

const placeOf = ({ target, person }: Place): string => `${target} ${person}`;

const countByTarget = (people: readonly Place[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { target } of people) counts.set(target, (counts.get(target) ?? 0) + 1);
  return counts;
};

/** The digests by which people count as unchanged, by target. */
const comparable = async (
  ledger: Ledger,
  connector: string,
  run: Staging['run'],
  users: readonly SourceUser[],
): Promise<ReadonlyMap<string, ReadonlyMap<SourceId, Buffer>>> => {
  const held = await heldDigests(
    ledger,
    connector,
    users.map((user) => user.id),
  );
  if (run.person !== null) return held;
  const proven = new Map<string, ReadonlyMap<SourceId, Buffer>>();
  for (const [target, digests] of held) {
    if (await isMatchProven(ledger, run, target)) proven.set(target, digests);
  }
  return proven;
};

const isHeld = (
  held: ReadonlyMap<string, ReadonlyMap<SourceId, Buffer>>,
  target: string,
  id: SourceId,
  digest: Buffer,
): boolean => held.get(target)?.get(id)?.equals(digest) ?? false;
