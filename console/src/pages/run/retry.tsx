import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type Run, retryRun } from '../../api/runs.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { many } from '../../widgets/time.tsx';

/**
 * How many a retry would try because they failed, or because a run that was let through and then failed or was cancelled
 * did not reach them.
 */
export const leftUndone = ({
  status,
  intent,
  outcomes,
  report,
  decision,
}: Run): { people: number; reached: boolean } => {
  const failed = status === 'running' ? 0 : (outcomes?.failed ?? 0);
  const wasLetThrough = decision?.decision === 'approved' || report?.guard?.breaches.length === 0;
  const brokeOff = (status === 'failed' || status === 'cancelled') && intent === 'apply' && wasLetThrough;
  const unreached = brokeOff ? (outcomes?.planned ?? 0) : 0;
  return { people: failed + unreached, reached: unreached === 0 };
};

/** Tries those again who failed in a run or were not reached, and nobody else; shown where there is somebody. */
export const Retry = ({ run }: { run: Run }) => {
  const { may } = useSignedIn();
  const navigate = useNavigate();
  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: ({ run: started }) => navigate({ to: '/runs/$run', params: { run: started } }),
  });
  const { people, reached } = leftUndone(run);
  if (people === 0) return null;
  return (
    <>
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      <button
        type="button"
        className="button"
        disabled={!may('run') || retry.isPending}
        title={may('run') ? undefined : needs('run')}
        onClick={() => retry.mutate()}
      >
        Retry {reached ? many(people, 'failure') : many(people, 'person', 'people')}
      </button>
    </>
  );
};
