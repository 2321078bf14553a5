import type { Run } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { Ago } from '../../widgets/time.tsx';

type Decision = NonNullable<Run['decision']>;

/** Who decided over a plan, when, without which of its parts, and why. */
export const Decided = ({ decision: { decision, by, at, without, comment } }: { decision: Decision }) => (
  <div className="notice" data-tone={decision === 'approved' ? 'ok' : 'warn'}>
    <strong>
      {decision === 'approved' ? 'Approved' : 'Rejected'} by {by} <Ago at={at} />
    </strong>
    <p>
      {without.length > 0 &&
        `Without ${without.map(({ target, attribute }) => [attribute === undefined ? '' : plainName(attribute), target].filter((one) => one !== '' && one !== undefined).join(' at ')).join(', ')}. `}
      {comment}
    </p>
  </div>
);
