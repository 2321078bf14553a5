import type { Call } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import type { Ledger } from '../ledger/open.ts';
import { findRun, type Run } from '../ledger/runs/runs.ts';
import type { OpenConnector, TargetAtRun } from './connector.ts';
import { linkBasis } from './digest.ts';

/** What a question about a connector is answered with: nothing of a run. */
export type Asking = { readonly ledger: Ledger; readonly connector: OpenConnector; readonly call: Call };

/** What a step of a run works with; `connector` is the version the run pinned, `now` the worker's clock in epoch ms. */
export type Work = Asking & { readonly run: Run; readonly now: () => number };

/** Whether the step has worked as long as it may before it reports back. */
export const isTimeUp = ({ now, call }: Work): boolean => now() >= call.deadline;

/** The run of this id; throws `config` when the ledger has none. */
export const theRun = async (ledger: Ledger, id: string): Promise<Run> => {
  const run = await findRun(ledger, id);
  if (run !== null) return run;
  throw new Failure('config', `There is no run ${id} in the ledger.`);
};

/** A target of the run's connector; throws `config` for one it does not have. */
export const targetAt = ({ ledger, connector }: Asking, id: string): TargetAtRun => {
  const target = connector.targets.get(id);
  if (target !== undefined) return { ...target, basis: linkBasis(ledger, connector, id) };
  throw new Failure('config', `The connector ${connector.id} has no target ${id}.`, {
    remedy: `It has: ${[...connector.targets.keys()].join(', ')}.`,
  });
};
