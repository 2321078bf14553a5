import { useQuery } from '@tanstack/react-query';
import { getInstallation } from '../../api/overview.ts';
import { useSignedIn } from '../../signed-in.tsx';
import { needsToken } from '../../text/abilities.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Page } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { count, Moment } from '../../widgets/time.tsx';
import { Tokens } from './tokens.tsx';

/** How the installation is, and who may use it. */
export const SettingsPage = () => {
  const { may } = useSignedIn();
  return (
    <Page title="Settings">
      <Parts />
      {may('tokens') ? (
        <Tokens />
      ) : (
        <div className="notice">
          <strong>Managing tokens {needsToken('tokens')}</strong>
          <p>
            <code>attune token list</code> on the machine Attune runs on shows them all.
          </p>
        </div>
      )}
      <Commands lines={['attune token list', curl('GET', '/api/health')]} />
    </Page>
  );
};

const Parts = () => {
  const health = useQuery({ queryKey: ['health'], queryFn: getInstallation, refetchInterval: 10_000 });
  const { data } = health;
  return (
    <Panel title="Health" aside={data !== undefined && <span className="muted small">Attune {data.version}</span>}>
      {health.error !== null && <ProblemNotice error={health.error} retry={() => void health.refetch()} />}
      {data !== undefined && (
        <DataTable
          label="Parts"
          rows={data.parts}
          keyOf={({ name }) => name}
          columns={[
            { head: 'Part', names: true, cell: ({ name }) => name },
            {
              head: 'State',
              cell: ({ ok, said }) => (
                <span className="state" data-tone={ok ? 'ok' : 'bad'}>
                  {ok ? 'Ready' : (said ?? 'Not ready')}
                </span>
              ),
            },
          ]}
        />
      )}
      {data !== undefined && (
        <p className="body muted small">
          {data.embedded.database ? 'Its own PostgreSQL' : 'Your own PostgreSQL'},{' '}
          {data.embedded.temporal ? 'its own Temporal' : 'your own Temporal'}.
          {data.ledger !== null && (
            <>
              {' '}
              The ledger takes {size(data.ledger.bytes)}, keeps {count(data.ledger.runs)} runs, and its oldest key is of{' '}
              <Moment at={data.ledger.oldestKeyAt} />. Its schema is {data.ledger.schema}.
            </>
          )}
        </p>
      )}
    </Panel>
  );
};

const size = (bytes: number): string => {
  const mega = bytes / 1_048_576;
  return mega < 1024 ? `${Math.round(mega)} MB` : `${(mega / 1024).toFixed(1)} GB`;
};
