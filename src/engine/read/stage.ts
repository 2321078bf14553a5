import { setImmediate } from 'node:timers/promises';
import type { CompiledMapping, TargetEvaluation } from '../../core/mapping/mapping.ts';
import { labelOf } from '../../core/people/label.ts';
import type { ReadMoment } from '../../core/people/read-moment.ts';
import { createCoverage } from '../../core/report/coverage.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import type { NewLabel } from '../../ledger/links/labels.ts';
import { heldDigests } from '../../ledger/links/profiles.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { NewStagedUser } from '../../ledger/plan/staging.ts';
import type { NewKept } from '../../ledger/reading/kept.ts';
import type { MappedPeople } from '../../ledger/reading/pages.ts';
import { type Resting, restingAmong } from '../../ledger/runs/failing.ts';
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
  readonly run: Pick<Work['run'], 'connector' | 'version' | 'mode' | 'person' | 'retryOf'>;
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
  // The ledger is asked while people are mapped.
  const [held, mapped] = await Promise.all([
    comparable(ledger, connector.id, run, users),
    evaluated(connector.mapping, users),
  ]);
  const basisOf = linkBases(ledger, connector);
  const staged: NewStagedUser[] = [];
  const outcomes: NewOutcome[] = [];
  const unchanged: Record<string, number> = {};
  const kept: NewKept[] = [];
  const labels: NewLabel[] = [];
  const coverage = createCoverage();
  for (const { user, evaluations } of mapped) {
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
  const rested = run.person === null && run.retryOf === null ? await leaveResting(ledger, connector.id, staged) : null;
  if (rested === null) return { staged, outcomes, unchanged, kept, labels, coverage: coverage.of() };
  for (const [target, count] of rested.taken) positions.set(target, (positions.get(target) ?? 0) - count);
  return {
    staged: rested.staged,
    outcomes: [...outcomes, ...rested.outcomes],
    unchanged,
    kept,
    labels,
    coverage: coverage.of(),
  };
};

/** After so many people everything else in this process has its turn: a few milliseconds. */
const atATime = 25;

/**
 * What the mapping gives for each of these people, in their order. Mapping waits for nothing, so that without a pause the
 * request for the next page would not even be sent before this one is mapped, and whoever runs one person would wait.
 */
const evaluated = async (mapping: CompiledMapping, users: readonly SourceUser[]) => {
  const all: { readonly user: SourceUser; readonly evaluations: ReadonlyMap<string, TargetEvaluation> }[] = [];
  for (const user of users) {
    if (all.length % atATime === 0) await setImmediate();
    all.push({ user, evaluations: await mapping.evaluate(user) });
  }
  return all;
};

/**
 * Takes those out of a page who fail so often for the same reason that they are tried once in a while only, as long as the
 * same is wanted for them; null where there are none.
 */
const leaveResting = async (ledger: Work['ledger'], connector: string, staged: readonly NewStagedUser[]) => {
  const resting = await restingAmong(
    ledger,
    connector,
    staged.map(({ person }) => person),
  );
  if (resting.length === 0) return null;
  const restOf = (one: NewStagedUser): Resting | undefined =>
    resting.find(
      ({ target, person, digest }) => target === one.target && person === one.person && digest.equals(one.digest),
    );
  const outcomes: NewOutcome[] = [];
  const left: NewStagedUser[] = [];
  const taken = new Map<string, number>();
  for (const one of staged) {
    const { target, person } = one;
    const rest = restOf(one);
    if (rest === undefined) {
      left.push({ ...one, pos: one.pos - (taken.get(target) ?? 0) });
      continue;
    }
    taken.set(target, (taken.get(target) ?? 0) + 1);
    const facts = { until: rest.until.toISOString(), ...(rest.said === null ? {} : { said: rest.said }) };
    outcomes.push({ target, person, outcome: 'failed', reason: 'triedWeekly', facts });
  }
  return { staged: left, outcomes, taken };
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
