import { faultOf, type TargetAttribute } from '../core/plan/fault.ts';
import { type GuardVerdict, judgePlan } from '../core/plan/guard.ts';
import type { Report } from '../core/report/report.ts';
import { spanMs } from '../core/schedules/schedule.ts';
import { leaveHeld } from '../ledger/plan/leave-held.ts';
import { supersedePlans } from '../ledger/runs/decisions.ts';
import { type Counting, countLinked, planImpacts } from '../ledger/runs/impact.ts';
import { findRun, storeVerdict } from '../ledger/runs/runs.ts';
import { inTransaction } from '../ledger/transaction.ts';
import { heldRunOf, holdOut } from './hold-out.ts';
import type { Work } from './work.ts';

/**
 * What the guard decided: go on (without the attributes at fault, if the document says so), hold the plan for approval,
 * or fail. A run of one person is not judged.
 */
export type Judgement = { readonly verdict: 'go' | 'hold' | 'fail'; readonly breaches: number };

/** The same with the reports of the plans that it replaces. */
export type Judged = Judgement & { readonly superseded: readonly Report[] };

/** Holds the whole stored plan against the connector's thresholds, and replaces older held plans. */
export const judge = async (work: Work): Promise<Judged> => {
  const { ledger, connector, run } = work;
  if (run.person !== null) return { verdict: 'go', breaches: 0, superseded: [] };
  const { onBreach, window, planExpires } = connector.guard;
  const planMs = spanMs(planExpires);
  // A repeat of this step finds what it took out before.
  const held = await findRun(ledger, heldRunOf(run.id));
  if (held?.guard != null) return { verdict: 'go', breaches: held.guard.breaches.length, superseded: [] };
  // A run of everybody replaces what is held; a run of some people leaves it to whoever decides.
  if (run.mode === 'delta' || run.retryOf !== null) {
    await inTransaction(ledger, (trx) => leaveHeld({ ...ledger, db: trx }, run));
  }
  const counting = { targets: [...connector.targets.keys()], windowMs: spanMs(window.over) };
  const { verdict, atFault, out } = await judgeAll(work, counting);
  const linked = Object.fromEntries(await countLinked(ledger, run));
  await storeVerdict(ledger, run.id, { ...verdict, linked, ...(atFault.length === 0 ? {} : { atFault }) }, planMs);
  const breaches = verdict.breaches.length;
  // A plan that was only asked for writes nothing: whoever asked is shown why the run would fail.
  if (breaches > 0 && onBreach === 'fail' && run.intent !== 'plan')
    return { verdict: 'fail', breaches, superseded: [] };
  const superseded = await supersedePlans(ledger, run, run.intent === 'apply');
  if (out.length > 0) await holdOut(ledger, run, { out, verdict, planMs });
  return { verdict: breaches === 0 || out.length > 0 ? 'go' : 'hold', breaches, superseded };
};

/** The verdict on the whole plan, the attributes at fault, and those to separate from it so that the rest can continue. */
type JudgedWhole = {
  readonly verdict: GuardVerdict;
  readonly atFault: readonly TargetAttribute[];
  readonly out: readonly TargetAttribute[];
};

const judgeAll = async ({ ledger, connector, run }: Work, counting: Counting): Promise<JudgedWhole> => {
  const impacts = await planImpacts(ledger, run, counting);
  const verdict = judgePlan(connector.guard, impacts);
  let atFault: readonly TargetAttribute[] = [];
  let { attributes, missing } = faultOf(verdict.breaches, impacts);
  while (attributes.length > 0) {
    atFault = [...atFault, ...attributes];
    const left = await planImpacts(ledger, run, { ...counting, without: atFault });
    ({ attributes, missing } = faultOf(judgePlan(connector.guard, left).breaches, left));
  }
  const separates = connector.guard.onBreach === 'holdAttribute' && run.intent === 'apply' && !missing;
  return { verdict, atFault, out: separates ? atFault : [] };
};
