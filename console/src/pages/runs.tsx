import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { listConnectors } from '../api/connectors.ts';
import { listRuns } from '../api/runs.ts';
import { kindWords } from '../text/runs.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { ProblemNotice } from '../widgets/problem.tsx';
import { RunState } from '../widgets/state.tsx';
import { Ago, span } from '../widgets/time.tsx';

const everything = 'every connector';

/** The newest runs. */
export const Runs = () => {
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const filter = { ...(search.connector === undefined ? {} : { connector: search.connector }), limit: 200 };
  const runs = useQuery({ queryKey: ['runs', filter], queryFn: () => listRuns(filter) });
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: listConnectors });
  const found = (runs.data?.runs ?? []).filter(
    ({ person }) => search.kind === undefined || (search.kind === 'person') === (person !== null),
  );
  return (
    <Page title="Runs">
      <div className="actions">
        <label className="small muted" htmlFor="runs-connector">
          Connector
        </label>
        <select
          id="runs-connector"
          className="select"
          value={search.connector ?? ''}
          onChange={({ target }) =>
            navigate({
              search: ({ connector: _, ...rest }) =>
                target.value === '' ? rest : { ...rest, connector: target.value },
            })
          }
        >
          <option value="">{everything}</option>
          {connectors.data?.connectors.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
        <label className="small muted" htmlFor="runs-kind">
          Of
        </label>
        <select
          id="runs-kind"
          className="select"
          value={search.kind ?? ''}
          onChange={({ target }) =>
            navigate({
              search: ({ kind: _, ...rest }) => (target.value === '' ? rest : { ...rest, kind: target.value }),
            })
          }
        >
          <option value="">everybody and single people</option>
          <option value="everybody">everybody</option>
          <option value="person">single people</option>
        </select>
      </div>
      {runs.error !== null && <ProblemNotice error={runs.error} retry={() => void runs.refetch()} />}
      {runs.data !== undefined && (
        <section className="panel">
          {found.length === 0 ? (
            <Empty title="No run yet">
              <span>
                Plan one for everybody first: it compares and writes nothing. The button stands on the page of the
                connector.
              </span>
            </Empty>
          ) : (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Run</th>
                    <th scope="col">State</th>
                    <th scope="col">Connector</th>
                    <th scope="col">Version</th>
                    <th scope="col">Started</th>
                    <th scope="col" className="number">
                      Took
                    </th>
                    <th scope="col">By</th>
                  </tr>
                </thead>
                <tbody>
                  {found.map((run) => (
                    <tr key={run.id} data-link>
                      <td>
                        <Link to="/runs/$run" params={{ run: run.id }} data-row-link>
                          {kindWords(run)}
                        </Link>
                      </td>
                      <td>
                        <RunState status={run.status} />
                      </td>
                      <td>{run.connector}</td>
                      <td>{run.version}</td>
                      <td>
                        <Ago at={run.startedAt} />
                      </td>
                      <td className="number">
                        {run.finishedAt === null ? '' : span(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}
                      </td>
                      <td>{run.startedBy}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      )}
      <Commands lines={['attune runs', curl('GET', '/api/runs?limit=200')]} />
    </Page>
  );
};
