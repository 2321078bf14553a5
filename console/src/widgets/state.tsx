import type { RunSummary } from '../api/runs.ts';
import { outcomeWords } from '../text/outcomes.ts';
import { statusWords } from '../text/runs.ts';

/** The state of a run. */
export const RunState = ({ status }: { status: RunSummary['status'] }) => {
  const { text, tone } = statusWords[status];
  return (
    <span className="state" data-tone={tone} data-live={status === 'running'}>
      {text}
    </span>
  );
};

/** How somebody ended at a target. */
export const OutcomeState = ({ outcome }: { outcome: string }) => {
  const { text, tone } = outcomeWords[outcome] ?? { text: outcome, tone: 'quiet' };
  return (
    <span className="state" data-tone={tone}>
      {text}
    </span>
  );
};
