import type { Call, CallKind, RequestCount } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import type { RunPhase } from '../core/report/progress.ts';
import type { Ledger } from '../ledger/open.ts';
import { addCalls, findRun, type Run, setPhase } from '../ledger/runs/runs.ts';
import { addRequests } from '../ledger/runs/totals.ts';
import { inTransaction } from '../ledger/transaction.ts';
import type { HeldLease } from './apply/lease.ts';
import { linkBasis } from './digest.ts';
import type { OpenConnector, TargetAtRun } from './open/connector.ts';

/** What is needed to answer a question about a connector, without a run. */
export type Asking = { readonly ledger: Ledger; readonly connector: OpenConnector; readonly call: Call };

/**
 * What a step of a run works with; `connector` is the version the run pinned, `now` the worker's clock in epoch ms, `held`
 * the lease of a step that works at its target under one lease from beginning to end.
 */
export type Work = Asking & { readonly run: Run; readonly now: () => number; readonly held?: HeldLease };

/** Whether the step has worked as long as it may before it reports back. */
export const isTimeUp = ({ now, call }: Pick<Work, 'now' | 'call'>): boolean => now() >= call.deadline;

/**
 * Whether a step is to report back, to be asked before each piece of its work. Never before the first: a step whose time
 * was up when it began, by a slow ledger or a clock that runs ahead, would be begun again for ever.
 */
export const sliceOf = (work: Pick<Work, 'now' | 'call'>): (() => boolean) => {
  let hasBegun = false;
  return () => {
    const isOver = hasBegun && isTimeUp(work);
    hasBegun = true;
    return isOver;
  };
};

/** What steps are taken with: the ledger, the versions of connectors, and the worker's clock. */
export type WorkDeps = {
  readonly ledger: Ledger;
  readonly openConnector: (connector: string, version: number) => Promise<OpenConnector>;
  readonly now: () => number;
};

/**
 * Opens what a step of a run works with, and notes the phase it begins; throws `config` when there is no such run, and
 * `conflict` for one that is over: above all, nobody may work on a held plan.
 */
export const beginStep = async (
  { ledger, openConnector, now }: WorkDeps,
  id: string,
  phase: RunPhase | null,
  call: Call,
): Promise<Work> => {
  const run = await findRun(ledger, id);
  if (run === null) throw new Failure('config', `There is no run ${id} in the ledger.`);
  if (run.status !== 'running' || run.phase === 'close') {
    throw new Failure('conflict', `Run ${id} has ended; no more work is started for it.`);
  }
  const connector = await openConnector(run.connector, run.version);
  if (phase !== null) await setPhase(ledger, id, phase);
  return { ledger, connector, run, call, now };
};

/** Adds the requests a step sent to a party to those of its run, and those sent to a target to the totals. */
export const countRequests = async (
  { ledger }: Pick<WorkDeps, 'ledger'>,
  { run, party }: { readonly run: string; readonly party: string },
  counts: readonly RequestCount[],
): Promise<void> => {
  if (counts.length === 0) return;
  const calls: Record<CallKind, number> = { login: 0, listing: 0, read: 0, write: 0 };
  for (const { kind, requests } of counts) calls[kind] += requests;
  await inTransaction(ledger, async (db) => {
    const within = { ...ledger, db };
    await addCalls(within, run, party, calls);
    if (party !== 'source') await addRequests(within, run, party, counts);
  });
};

/** A target of the run's connector; throws `config` for one it does not have. */
export const targetAt = ({ ledger, connector }: Asking, id: string): TargetAtRun => {
  const target = connector.targets.get(id);
  if (target !== undefined) return { ...target, basis: linkBasis(ledger, connector, id) };
  throw new Failure('config', `The connector ${connector.id} has no target ${id}.`, {
    remedy: `It has: ${[...connector.targets.keys()].join(', ')}.`,
  });
};
