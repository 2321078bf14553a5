import { Link } from '@tanstack/react-router';
import type { Plan } from '../../api/runs.ts';
import { needsToken } from '../../text/abilities.ts';
import { Decided } from '../run/decided.tsx';

/** Where the plan stands: decided, expired, replaced, or out of date. */
export const Standing = ({ plan, moved, mayApprove }: { plan: Plan; moved: boolean; mayApprove: boolean }) => {
  const { decision, supersededBy, stale, expired, version, connector } = plan;
  return (
    <>
      {moved && (
        <div className="notice" data-tone="warn" role="alert">
          <strong>The run now holds a different plan</strong>
          <span className="actions">
            <button type="button" className="button" onClick={() => window.location.reload()}>
              Show that one
            </button>
          </span>
          <p>You can no longer decide on the plan you looked at.</p>
        </div>
      )}
      {decision !== null && <Decided decision={decision} />}
      {supersededBy !== null && (
        <div className="notice" data-tone="warn" role="alert">
          <strong>A later plan has replaced this one</strong>
          <span className="actions">
            <Link className="button" to="/runs/$run/plan" params={{ run: supersededBy }}>
              Look at that one
            </Link>
          </span>
        </div>
      )}
      {expired && (
        <div className="notice" data-tone="warn">
          <strong>This plan has expired</strong>
          <p>It can no longer be applied. The next run makes a new plan.</p>
        </div>
      )}
      {plan.decidable && stale.version !== null && (
        <div className="notice" data-tone="warn">
          <strong>
            Planned with version {version}; the current version is {stale.version}
          </strong>
          <span className="actions">
            <Link className="button" to="/connectors/$id/versions" params={{ id: connector }}>
              What has changed
            </Link>
          </span>
          <p>Applying it writes the result of the earlier version. Plan again to see the result of the new one.</p>
        </div>
      )}
      {plan.decidable && !mayApprove && (
        <div className="notice">
          <strong>Deciding {needsToken('approve')}</strong>
          <p>Settings lists the tokens, with what each may do.</p>
        </div>
      )}
    </>
  );
};
