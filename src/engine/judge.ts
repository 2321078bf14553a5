import { judgePlan } from '../core/guard.ts';
import { planImpact } from '../ledger/runs/impact.ts';
import { storeVerdict, supersedePlans } from '../ledger/runs/runs.ts';
import type { Work } from './work.ts';

/** What the guard decided: go on, hold the plan for a person, or fail. A run of one person is not judged. */
export type Judgement = { readonly verdict: 'go' | 'hold' | 'fail'; readonly breaches: number };

/** Holds the whole stored plan against the connector's thresholds, and replaces older held plans. */
export const judge = async ({ ledger, connector, run }: Work): Promise<Judgement> => {
  if (run.person !== null) return { verdict: 'go', breaches: 0 };
  const verdict = judgePlan(connector.guard, await planImpact(ledger, run, [...connector.targets.keys()]));
  await storeVerdict(ledger, run.id, verdict);
  await supersedePlans(ledger, run);
  const breaches = verdict.breaches.length;
  if (breaches === 0) return { verdict: 'go', breaches };
  return { verdict: connector.guard.onBreach === 'fail' ? 'fail' : 'hold', breaches };
};
