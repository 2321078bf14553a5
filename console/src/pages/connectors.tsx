import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listConnectors } from '../api/connectors.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { DataTable } from '../widgets/tables/data-table.tsx';
import { Ago } from '../widgets/time.tsx';

/** All connectors. */
export const Connectors = () => {
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: listConnectors });
  return (
    <Page title="Connectors">
      {connectors.error !== null && <ProblemNotice error={connectors.error} retry={() => void connectors.refetch()} />}
      {connectors.data !== undefined && (
        <section className="panel">
          {connectors.data.connectors.length === 0 ? (
            <Empty title="No connector yet">
              <span>
                <code>attune init</code> asks what a first one needs, checks it against the real systems and writes a
                document; start it with <code>attune serve --config attune.yaml</code>.
              </span>
            </Empty>
          ) : (
            <DataTable
              linked
              rows={connectors.data.connectors}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: 'Connector',
                  cell: ({ id }) => (
                    <Link to="/connectors/$id/mapping" params={{ id }} data-row-link>
                      {id}
                    </Link>
                  ),
                },
                { head: 'Version', cell: ({ version }) => version },
                { head: 'Edited in', cell: ({ managedBy }) => (managedBy === 'file' ? 'the file' : 'here') },
                { head: 'Changed', cell: ({ changedAt }) => <Ago at={changedAt} /> },
                { head: 'By', cell: ({ changedBy }) => changedBy },
                { head: 'Comment', cell: ({ comment }) => <span className="muted">{comment}</span> },
              ]}
            />
          )}
        </section>
      )}
      <Commands lines={['attune connectors', curl('GET', '/api/connectors')]} />
    </Page>
  );
};
