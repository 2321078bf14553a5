import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { outcomes } from '../../../src/core/outcome.ts';
import { cancelRun, getRun, listOutcomes, type Run } from '../api/runs.ts';
import { useSignedIn } from '../signed-in.tsx';
import { outcomeWords } from '../text/outcomes.ts';
import { kindWords, phases, runSentence } from '../text/runs.ts';
import { ChangeList } from '../widgets/change-list.tsx';
import { Commands, curl } from '../widgets/commands.tsx';
import { Decide } from '../widgets/decide.tsx';
import { Funnel } from '../widgets/funnel.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { OutcomeState, RunState } from '../widgets/state.tsx';
import { count, Moment, span } from '../widgets/time.tsx';
import './run.css';

/** One run: what it does or did, target by target, and who was not written and why. */
export const RunPage = () => {
  const { run: id } = useParams({ from: '/runs/$run' });
  const { progress, may } = useSignedIn();
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
      heading={runSentence(run.data, now)}
      lead={
        <>
          <RunState status={run.data.status} /> · {run.data.connector} · {kindWords(run.data)} · version{' '}
          {run.data.version} · started <Moment at={run.data.startedAt} /> by {run.data.startedBy}
        </>
      }
      actions={
        run.data.status !== 'running' ? (
          <Decide run={run.data} />
        ) : (
          <button
            type="button"
            className="button"
            disabled={!may('run') || cancel.isPending}
            title={may('run') ? undefined : 'Needs a token that may run'}
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
          <p>{run.data.failure.message}</p>
        </div>
      )}
      <Phases run={run.data} phase={now?.phase ?? run.data.phase} progress={now} />
      {report?.warnings.map((warning) => (
        <div className="notice" data-tone="warn" key={warning}>
          <strong>{warning}</strong>
        </div>
      ))}
      {report !== null && <Targets report={report} />}
      {report !== null && may('values') && <ChangeList run={run.data} />}
      {report !== null && <NotWritten run={run.data} />}
      <Commands
        lines={[
          `attune report ${id}`,
          ...(run.data.status === 'running' ? [`attune cancel ${id}`] : []),
          curl('GET', `/api/runs/${id}`),
        ]}
      />
    </Page>
  );
};

const Phases = ({ run, phase, progress }: { run: Run; phase: string; progress: Run['progress'] }) => {
  const at = run.status === 'running' ? phases.findIndex((one) => one.phase === phase) : phases.length;
  const share = shareOf(progress, phase);
  return (
    <ol className="phases" aria-label="Steps of the run">
      {phases.map(({ phase: name, text }, index) => (
        <li
          key={name}
          data-is={index < at ? 'done' : index === at ? 'now' : 'ahead'}
          aria-current={index === at ? 'step' : undefined}
        >
          <span>{text}</span>
          {index === at && share !== null && <progress value={share} max={1} aria-label={`${text}, share done`} />}
        </li>
      ))}
      {run.report !== null && <li className="worked">worked {span(run.report.durationMs)}</li>}
    </ol>
  );
};

const shareOf = (progress: Run['progress'], phase: string): number | null => {
  if (progress === null) return null;
  const { users, people, changes } = progress;
  const [done, all] =
    phase === 'read'
      ? [users.read, users.expected ?? 0]
      : phase === 'plan'
        ? [people.planned, people.toPlan]
        : phase === 'apply'
          ? [changes.decided, changes.planned]
          : [0, 0];
  return all === 0 ? null : Math.min(1, done / all);
};

const Targets = ({ report }: { report: NonNullable<Run['report']> }) => {
  const seen = outcomes.filter((outcome) => Object.values(report.targets).some((target) => target[outcome] > 0));
  return (
    <section className="panel">
      <header>
        <h2>Targets</h2>
        <span className="muted small">
          {count(report.read.users)} people read{report.read.complete ? ', everybody' : ', not to the end'}
        </span>
      </header>
      <div className="body">
        <Funnel report={report} />
      </div>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Target</th>
              {seen.map((outcome) => (
                <th scope="col" className="number" key={outcome}>
                  {outcomeWords[outcome]?.text}
                </th>
              ))}
              <th scope="col" className="number">
                Values set
              </th>
              <th scope="col" className="number">
                Cleared
              </th>
              <th scope="col" className="number">
                Requests
              </th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(report.targets).map(([id, target]) => (
              <tr key={id}>
                <td>{id}</td>
                {seen.map((outcome) => (
                  <td className="number" key={outcome}>
                    {count(target[outcome])}
                  </td>
                ))}
                <td className="number">{count(target.changes.set)}</td>
                <td className="number">{count(target.changes.cleared)}</td>
                <td className="number">
                  {count(target.calls.login + target.calls.listing + target.calls.read + target.calls.write)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};

const NotWritten = ({ run }: { run: Run }) => {
  const page = useQuery({
    queryKey: ['run', run.id, 'outcomes'],
    queryFn: () => listOutcomes(run.id, { limit: 1000 }),
    enabled: run.status !== 'running',
  });
  const groups = new Map<
    string,
    { target: string; outcome: string; reason: string; sentence: string; remedy: string | null; people: string[] }
  >();
  for (const { target, outcome, reason, sentence, remedy, person } of page.data?.outcomes ?? []) {
    if (outcome === 'updated' || outcome === 'planned') continue;
    const key = `${target} ${outcome} ${reason}`;
    const group = groups.get(key) ?? { target, outcome, reason, sentence, remedy, people: [] };
    group.people.push(person);
    groups.set(key, group);
  }
  const more = page.data?.next != null;
  return (
    <section className="panel">
      <header>
        <h2>Not written, and why</h2>
        {more && <span className="muted small">of the first 1,000 people</span>}
      </header>
      {page.error !== null && <ProblemNotice error={page.error} />}
      {page.data !== undefined && groups.size === 0 && (
        <Empty title="Nobody was left out">
          <span>Everybody the run read was in tune already or was written.</span>
        </Empty>
      )}
      {groups.size > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Target</th>
                <th scope="col">Outcome</th>
                <th scope="col">Reason</th>
                <th scope="col">What to do</th>
                <th scope="col" className="number">
                  People
                </th>
                <th scope="col">For one</th>
              </tr>
            </thead>
            <tbody>
              {[...groups.values()]
                .sort((a, b) => b.people.length - a.people.length)
                .map(({ target, outcome, reason, sentence, remedy, people }) => {
                  return (
                    <tr key={`${target} ${outcome} ${reason}`}>
                      <td>{target}</td>
                      <td>
                        <OutcomeState outcome={outcome} />
                      </td>
                      <td>{sentence}</td>
                      <td className="muted">{remedy ?? 'Nothing: this is as it should be.'}</td>
                      <td className="number">{count(people.length)}</td>
                      <td>
                        {people[0] !== undefined && (
                          <Link
                            to="/people/$connector/$person"
                            params={{ connector: run.connector, person: people[0] }}
                          >
                            see why
                          </Link>
                        )}
                      </td>
                    </tr>
                  );
                })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};
