import { Link } from '@tanstack/react-router';
import type { Run } from '../../api/runs.ts';

/** Leads to the runs that this one comes from, or that came of it, and says how they belong together. */
export const Related = ({ run: { holds, heldFrom, retryOf } }: { run: Run }) => (
  <>
    {holds !== null && (
      <div className="notice" data-tone="warn">
        <strong>The guard separated a part of this plan</strong>
        <span className="actions">
          <Link className="button" to="/runs/$run/plan" params={{ run: holds }}>
            Look at that part
          </Link>
        </span>
        <p>The attributes at fault are a plan of their own, which is decided over by itself. The rest was not held.</p>
      </div>
    )}
    {heldFrom !== null && (
      <div className="notice" data-tone="info">
        <strong>The guard separated this from another run</strong>
        <span className="actions">
          <Link className="button" to="/runs/$run" params={{ run: heldFrom }}>
            Go to that run
          </Link>
        </span>
        <p>
          That run applied the rest. Until somebody decides, runs that read only what changed leave this part alone.
        </p>
      </div>
    )}
    {retryOf !== null && (
      <div className="notice" data-tone="info">
        <strong>The failed and skipped people of an earlier run, and nobody else</strong>
        <span className="actions">
          <Link className="button" to="/runs/$run" params={{ run: retryOf }}>
            Go to that run
          </Link>
        </span>
      </div>
    )}
  </>
);
