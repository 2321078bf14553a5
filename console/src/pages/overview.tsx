import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ConnectorSummary, listConnectors } from '../api/connectors.ts';
import { listRuns, type RunSummary } from '../api/runs.ts';
import { useSignedIn } from '../signed-in.tsx';
import { healthOf } from '../text/health.ts';
import { kindWords } from '../text/runs.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Page } from '../widgets/page.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { RunBars } from '../widgets/run-bars.tsx';
import { RunState } from '../widgets/state.tsx';
import { SyncNow } from '../widgets/sync-now.tsx';
import { Ago, Moment } from '../widgets/time.tsx';
import './overview.css';

/** What waits for a decision, how each connector is, and what goes on. */
export const Overview = () => {
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: listConnectors });
  const runs = useQuery({ queryKey: ['runs', { limit: 200 }], queryFn: () => listRuns({ limit: 200 }) });
  const all = runs.data?.runs ?? [];
  const held = all.filter(({ status }) => status === 'awaitingApproval');
  const going = all.filter(({ status }) => status === 'running');
  return (
    <Page title="Overview">
      {connectors.error !== null && <ProblemNotice error={connectors.error} retry={() => void connectors.refetch()} />}
      {runs.error !== null && <ProblemNotice error={runs.error} retry={() => void runs.refetch()} />}
      {held.map((run) => (
        <div className="notice" data-tone="warn" key={run.id}>
          <strong>
            {run.connector}: a plan waits for a decision since <Moment at={run.finishedAt ?? run.startedAt} />
          </strong>
          <span className="actions">
            <Link className="button" data-kind="primary" to="/runs/$run" params={{ run: run.id }}>
              Look at it
            </Link>
          </span>
          <p>
            Nothing was written.{' '}
            {run.planExpiresAt !== null && (
              <>
                It expires on <Moment at={run.planExpiresAt} />.
              </>
            )}
          </p>
        </div>
      ))}
      {going.length > 0 && <Going runs={going} />}
      {connectors.data?.connectors.length === 0 && <First />}
      {connectors.data?.connectors.map((one) => (
        <ConnectorPanel key={one.id} connector={one} runs={all.filter(({ connector }) => connector === one.id)} />
      ))}
      <Commands lines={['attune connectors', 'attune runs', curl('GET', '/api/runs?limit=200')]} />
    </Page>
  );
};

const ConnectorPanel = ({ connector, runs }: { connector: ConnectorSummary; runs: readonly RunSummary[] }) => {
  const everybody = runs.filter(({ person }) => person === null);
  const health = healthOf(everybody);
  return (
    <section className="panel connector-panel" aria-label={connector.id}>
      <header>
        <h2>
          <Link to="/connectors/$id/mapping" params={{ id: connector.id }} data-row-link>
            {connector.id}
          </Link>
        </h2>
        <span className="actions">
          <SyncNow connector={connector.id} />
        </span>
      </header>
      <div className="body">
        <div className="health">
          <span className="state" data-tone={health.tone}>
            {health.text}
            {health.since !== null && (
              <>
                {' '}
                <Ago at={health.since} />
              </>
            )}
          </span>
          {health.remedy !== null && <p className="muted small">{health.remedy}</p>}
        </div>
        <RunBars runs={everybody.slice(0, 30)} />
      </div>
    </section>
  );
};

const Going = ({ runs }: { runs: readonly RunSummary[] }) => {
  const { progress } = useSignedIn();
  return (
    <section className="panel">
      <header>
        <h2>Going on</h2>
      </header>
      <div className="table-scroll">
        <table className="table">
          <tbody>
            {runs.map((run) => {
              const now = progress.get(run.id);
              return (
                <tr key={run.id} data-link>
                  <td>
                    <Link to="/runs/$run" params={{ run: run.id }} data-row-link>
                      {run.connector}: {kindWords(run)}
                    </Link>
                  </td>
                  <td>
                    <RunState status={run.status} />
                  </td>
                  <td className="muted">
                    {now === undefined
                      ? run.phase
                      : `${now.users.read} read, ${now.changes.decided} of ${now.changes.planned} values`}
                  </td>
                  <td>
                    <Ago at={run.startedAt} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
};

const First = () => (
  <div className="split">
    <section className="panel">
      <header>
        <h2>Make a first connector</h2>
      </header>
      <div className="body">
        <p className="muted">
          <code>attune init</code> asks what it needs, checks it against your directory, Jira and Confluence, and writes
          a document with comments. Start it with <code>attune serve --config attune.yaml</code>.
        </p>
      </div>
    </section>
    <section className="panel">
      <header>
        <h2>Or look around first</h2>
      </header>
      <div className="body">
        <p className="muted">
          <code>npm run demo</code> makes a directory of 1,000 people with a Jira and a Confluence on this machine, and
          opens this console on it.
        </p>
      </div>
    </section>
  </div>
);
