import { Dialog } from '@base-ui/react/dialog';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { approveRun, type Run, rejectRun } from '../api/runs.ts';
import { useSignedIn } from '../signed-in.tsx';
import { ProblemNotice } from './problem.tsx';
import { Moment, many } from './time.tsx';

/** Applies a plan that waits, or turns it down, after a look at what it would write. */
export const Decide = ({ run }: { run: Run }) => {
  const { may } = useSignedIn();
  const client = useQueryClient();
  const [asking, setAsking] = useState<'apply' | 'reject' | null>(null);
  const decide = useMutation({
    mutationFn: async (what: 'apply' | 'reject') => {
      await (what === 'apply' ? approveRun(run.id) : rejectRun(run.id));
    },
    onSuccess: () => {
      setAsking(null);
      void client.invalidateQueries({ queryKey: ['run', run.id] });
    },
  });
  const forecast = run.report?.forecast ?? null;
  if (forecast === null || (run.status !== 'awaitingApproval' && run.status !== 'planned')) return null;
  const allowed = may('approve');
  const title = allowed ? undefined : 'Needs a token that may approve';
  const changes = many(forecast.set + forecast.cleared, 'change');
  return (
    <>
      <button type="button" className="button" disabled={!allowed} title={title} onClick={() => setAsking('reject')}>
        Reject…
      </button>
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={!allowed}
        title={title}
        onClick={() => setAsking('apply')}
      >
        Apply…
      </button>
      <Dialog.Root open={asking !== null} onOpenChange={(open) => !open && setAsking(null)}>
        <Dialog.Portal>
          <Dialog.Backdrop className="backdrop" />
          <Dialog.Popup className="dialog">
            <header>
              <Dialog.Title render={<h2 />}>
                {asking === 'reject' ? 'Reject this plan' : `Write ${changes}`}
              </Dialog.Title>
            </header>
            <div className="body">
              {asking === 'reject' ? (
                <p>Nothing of it is written. It cannot be taken up again; the next run plans anew.</p>
              ) : (
                <p>
                  {many(forecast.people, 'person', 'people')}: {many(forecast.set, 'value')} set,{' '}
                  {many(forecast.cleared, 'value')} cleared, exactly as planned. A value that has changed at the target
                  since is left alone.
                </p>
              )}
              {run.planExpiresAt !== null && (
                <p className="muted small">
                  Undecided it expires on <Moment at={run.planExpiresAt} />.
                </p>
              )}
              {decide.error !== null && <ProblemNotice error={decide.error} />}
            </div>
            <footer>
              <Dialog.Close className="button">Cancel</Dialog.Close>
              <button
                type="button"
                className="button"
                data-kind={asking === 'reject' ? 'danger' : 'primary'}
                disabled={decide.isPending}
                onClick={() => asking !== null && decide.mutate(asking)}
              >
                {asking === 'reject' ? 'Reject' : 'Apply'}
              </button>
            </footer>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
};
