import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { cancelRun, getRun, type Run } from '../../api/runs.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needs } from '../../text/abilities.ts';
import { kindWords, runSentence } from '../../text/runs.ts';
import { CheckConnection } from '../../widgets/check-connection.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Page } from '../../widgets/page.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { RunState } from '../../widgets/state.tsx';
import { ChangeList } from '../../widgets/tables/change-list.tsx';
import { Moment } from '../../widgets/time.tsx';
import { Decided } from './decided.tsx';
import { NotWritten } from './not-written.tsx';
import { ParityTable } from './parity.tsx';
import { Phases } from './phases.tsx';
import { Related } from './related.tsx';
import { leftUndone, Retry } from './retry.tsx';
import { Targets } from './targets.tsx';
import { Waiting } from './waiting.tsx';
import './run.css';

/** One run: what it does or did, target by target, and who was not written and why. */
export const RunPage = () => {
  const { run: id } = useParams({ from: '/runs/$run' });
  const { progress, begun, may } = useSignedIn();
  const client = useQueryClient();
  const run = useQuery({ queryKey: ['run', id], queryFn: () => getRun(id) });
  const cancel = useMutation({
    mutationFn: () => cancelRun(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['run', id] }),
  });
  if (run.error !== null) {
    return (
      <Page title="Run">
        <ProblemNotice error={run.error} retry={() => void run.refetch()} />
      </Page>
    );
  }
  if (run.data === undefined) return <Page title="Run">{null}</Page>;
  const now = progress.get(id) ?? run.data.progress;
  const { report } = run.data;
  return (
    <Page
      title={`Run of ${run.data.connector}`}
      heading={runSentence(run.data, now, earliest(now?.phase, [begun.get(id) ?? null, run.data.progress]))}
      lead={
        <>
          <RunState status={run.data.status} /> · {run.data.connector} · {kindWords(run.data)} · version{' '}
          {run.data.version} · started <Moment at={run.data.startedAt} /> by {run.data.startedBy}
        </>
      }
      actions={
        run.data.status !== 'running' ? (
          <>
            <Retry run={run.data} />
            {(run.data.status === 'awaitingApproval' || run.data.status === 'planned') && (
              <Link className="button" data-kind="primary" to="/runs/$run/plan" params={{ run: id }}>
                {run.data.status === 'planned' ? 'Look at the plan' : 'Decide'}
              </Link>
            )}
          </>
        ) : (
          <button
            type="button"
            className="button"
            disabled={!may('run') || cancel.isPending}
            title={may('run') ? undefined : needs('run')}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </button>
        )
      }
    >
      {cancel.error !== null && <ProblemNotice error={cancel.error} />}
      {run.data.failure !== null && (
        <div className="notice" data-tone="bad">
          <strong>The run failed</strong>
          <span className="actions">
            <CheckConnection connector={run.data.connector} target={null} />
          </span>
          <p>{run.data.failure.message}</p>
        </div>
      )}
      {run.data.decision !== null && <Decided decision={run.data.decision} />}
      <Related run={run.data} />
      {run.data.status === 'running' && <Waiting parties={now?.waitingFor ?? []} />}
      <Phases run={run.data} phase={now?.phase ?? run.data.phase} progress={now} />
      {report?.warnings.map((warning) => (
        <div className="notice" data-tone="warn" key={warning}>
          <strong>{warning}</strong>
        </div>
      ))}
      {report !== null && <Targets report={report} />}
      {report !== null && may('values') && <ChangeList run={run.data} />}
      {report !== null && <NotWritten run={run.data} />}
      {report !== null && <ParityTable run={run.data} />}
      <Commands
        lines={[
          `attune report ${id}`,
          ...(run.data.status === 'running' ? [`attune cancel ${id}`] : []),
          ...(leftUndone(run.data).people > 0 ? [`attune retry ${id}`] : []),
          curl('GET', `/api/runs/${id}`),
        ]}
      />
    </Page>
  );
};

/** The earliest that is known of a step: as the run was asked for, or as the stream told it. */
const earliest = (phase: string | undefined, known: readonly Run['progress'][]): Run['progress'] =>
  known
    .flatMap((one) => (one !== null && one.phase === phase ? [one] : []))
    .sort((a, b) => a.elapsedMs - b.elapsedMs)[0] ?? null;
