import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listConnectors } from '../api/connectors.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
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
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Connector</th>
                  <th scope="col">Version</th>
                  <th scope="col">Edited in</th>
                  <th scope="col">Changed</th>
                  <th scope="col">By</th>
                  <th scope="col">Comment</th>
                </tr>
              </thead>
              <tbody>
                {connectors.data.connectors.map((one) => (
                  <tr key={one.id} data-link>
                    <td>
                      <Link to="/connectors/$id/mapping" params={{ id: one.id }} data-row-link>
                        {one.id}
                      </Link>
                    </td>
                    <td>{one.version}</td>
                    <td>{one.managedBy === 'file' ? 'the file' : 'here'}</td>
                    <td>
                      <Ago at={one.changedAt} />
                    </td>
                    <td>{one.changedBy}</td>
                    <td className="muted">{one.comment}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      )}
      <Commands lines={['attune connectors', curl('GET', '/api/connectors')]} />
    </Page>
  );
};
