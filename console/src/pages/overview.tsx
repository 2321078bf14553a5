import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ConnectorAtAGlance, getOverview } from '../api/overview.ts';
import type { RunSummary } from '../api/runs.ts';
import { useSignedIn } from '../signed-in.tsx';
import { kindNames } from '../text/connectors.ts';
import { healthTones, healthWords } from '../text/health.ts';
import { kindWords, runningSentence } from '../text/runs.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Page } from '../widgets/page.tsx';
import { Panel } from '../widgets/panel.tsx';
import { RunBars } from '../widgets/pictures/run-bars.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { RunState } from '../widgets/state.tsx';
import { SyncNow } from '../widgets/sync-now.tsx';
import { DataTable } from '../widgets/tables/data-table.tsx';
import { Ago, count, Moment } from '../widgets/time.tsx';
import { CoverageMap } from './coverage.tsx';
import './overview.css';

/** What waits for a decision, how each connector is and why, and what goes on. */
export const Overview = () => {
  const overview = useQuery({ queryKey: ['overview'], queryFn: getOverview });
  const connectors = overview.data?.connectors ?? [];
  const going = connectors.flatMap(({ runs }) => runs.filter(({ status }) => status === 'running'));
  return (
    <Page title="Overview">
      {overview.error !== null && <ProblemNotice error={overview.error} retry={() => void overview.refetch()} />}
      {overview.data?.held.map((run) => (
        <Held key={run.id} run={run} />
      ))}
      {going.length > 0 && <Going runs={going} />}
      {overview.data !== undefined && connectors.length === 0 && <First />}
      {connectors.map((one) => (
        <ConnectorPanel key={one.id} connector={one} />
      ))}
      {connectors.map(({ id }) => (
        <CoverageMap key={id} connector={id} />
      ))}
      <Commands lines={['attune connectors', 'attune runs', curl('GET', '/api/overview')]} />
    </Page>
  );
};

const Held = ({ run }: { run: RunSummary }) => (
  <div className="notice" data-tone="warn">
    <strong>
      {run.connector}: a plan waits for a decision since <Moment at={run.finishedAt ?? run.startedAt} />
    </strong>
    <span className="actions">
      <Link className="button" data-kind="primary" to="/runs/$run/plan" params={{ run: run.id }}>
        Decide
      </Link>
    </span>
    <p>
      Nothing was written.{' '}
      {run.changes !== null && (
        <>
          It would set {count(run.changes.set)} values and clear {count(run.changes.cleared)}.{' '}
        </>
      )}
      {run.planExpiresAt !== null && (
        <>
          It expires on <Moment at={run.planExpiresAt} />.
        </>
      )}
    </p>
  </div>
);

const ConnectorPanel = ({ connector }: { connector: ConnectorAtAGlance }) => {
  const { health, next, people, runs, source, targets } = connector;
  return (
    <section className="panel connector-panel" aria-label={connector.id}>
      <header>
        <h2>
          <Link to="/connectors/$id/mapping" params={{ id: connector.id }} data-row-link>
            {connector.id}
          </Link>
          <span className="muted small">
            {' '}
            {kindNames[source] ?? source} to {targets.join(' and ')}
          </span>
        </h2>
        <span className="actions">
          <SyncNow connector={connector.id} />
        </span>
      </header>
      <div className="body">
        <div className="health">
          <span className="state" data-tone={healthTones[health.state]}>
            {healthWords(health)}
            {health.since !== null && (
              <>
                {' '}
                <Ago at={health.since} />
              </>
            )}
          </span>
          {health.reasons
            .filter(({ code }) => code !== 'inTune')
            .map(({ code, text, remedy, run }) => (
              <p key={`${code} ${text}`} className="muted small">
                {text} {remedy}{' '}
                {run !== null && (
                  <Link to="/runs/$run" params={{ run }}>
                    Its run
                  </Link>
                )}
              </p>
            ))}
          <p className="muted small">
            {people === null ? '' : `${count(people)} people · `}
            {next === null ? (
              'no schedule'
            ) : (
              <>
                next <Moment at={next} />
              </>
            )}
          </p>
        </div>
        <RunBars runs={runs} />
      </div>
    </section>
  );
};

const Going = ({ runs }: { runs: readonly RunSummary[] }) => {
  const { progress, begun } = useSignedIn();
  return (
    <Panel title="In progress">
      <DataTable
        linked
        label="Runs in progress"
        rows={runs}
        keyOf={({ id }) => id}
        columns={[
          {
            head: 'Run',
            cell: (run) => (
              <Link to="/runs/$run" params={{ run: run.id }} data-row-link>
                {run.connector}: {kindWords(run)}
              </Link>
            ),
          },
          { head: 'State', cell: ({ status }) => <RunState status={status} /> },
          { head: 'Now', cell: ({ id }) => runningSentence(progress.get(id) ?? null, begun.get(id) ?? null) },
          { head: 'Started', cell: ({ startedAt }) => <Ago at={startedAt} /> },
        ]}
      />
    </Panel>
  );
};

const First = () => (
  <div className="split">
    <Panel title="Create a first connector">
      <div className="body">
        <p className="muted">
          <code>attune init</code> asks what it needs, checks it against your directory, Jira and Confluence, and writes
          a document with comments. Start it with <code>attune serve --config attune.yaml</code>.
        </p>
      </div>
    </Panel>
    <Panel title="Or look around first">
      <div className="body">
        <p className="muted">
          <code>npm run demo</code> creates a directory of 1,000 people with a Jira and a Confluence on this machine,
          and opens this console on it.
        </p>
      </div>
    </Panel>
  </div>
);
