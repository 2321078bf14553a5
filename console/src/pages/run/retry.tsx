import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type Run, retryRun } from '../../api/runs.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { many } from '../../widgets/time.tsx';

/** Tries those again who failed in a run, and nobody else; shown where somebody did. */
export const Retry = ({ run }: { run: Run }) => {
  const { may } = useSignedIn();
  const navigate = useNavigate();
  const retry = useMutation({
    mutationFn: () => retryRun(run.id),
    onSuccess: ({ run: started }) => navigate({ to: '/runs/$run', params: { run: started } }),
  });
  const failed = run.outcomes?.failed ?? 0;
  if (failed === 0) return null;
  return (
    <>
      {retry.error !== null && <ProblemNotice error={retry.error} />}
      <button
        type="button"
        className="button"
        disabled={!may('run') || retry.isPending}
        title={may('run') ? undefined : 'Needs a token that may run'}
        onClick={() => retry.mutate()}
      >
        Retry {many(failed, 'failure')}
      </button>
    </>
  );
};
