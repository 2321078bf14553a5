import { judgePlan } from '../core/guard.ts';
import { supersedePlans } from '../ledger/runs/decisions.ts';
import { planImpact } from '../ledger/runs/impact.ts';
import { storeVerdict } from '../ledger/runs/runs.ts';
import type { Work } from './work.ts';

/** What the guard decided: go on, hold the plan for a person, or fail. A run of one person is not judged. */
export type Judgement = { readonly verdict: 'go' | 'hold' | 'fail'; readonly breaches: number };

/** Holds the whole stored plan against the connector's thresholds, and replaces older held plans. */
export const judge = async ({ ledger, connector, run }: Work): Promise<Judgement> => {
  if (run.person !== null) return { verdict: 'go', breaches: 0 };
  const verdict = judgePlan(connector.guard, await planImpact(ledger, run, [...connector.targets.keys()]));
  await storeVerdict(ledger, run.id, verdict);
  const breaches = verdict.breaches.length;
  const judged = breaches === 0 ? 'go' : connector.guard.onBreach === 'fail' ? 'fail' : 'hold';
  await supersedePlans(ledger, run, run.intent === 'apply' && judged !== 'fail');
  return { verdict: judged, breaches };
};
