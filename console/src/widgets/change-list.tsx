import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listChanges, type Run } from '../api/runs.ts';
import { plainName } from '../text/rows.ts';
import { Empty } from './page.tsx';
import { ProblemNotice } from './problem.tsx';
import { Change } from './value.tsx';

const words: Readonly<Record<string, string>> = {
  planned: 'planned',
  applied: 'written',
  already: 'stood there already',
  moved: 'changed at the target since, left alone',
  rejected: 'refused by the target',
  failed: 'failed',
};

/** The values a run changed or would change, page by page. */
export const ChangeList = ({ run }: { run: Run }) => {
  const pages = useInfiniteQuery({
    queryKey: ['run', run.id, 'changes'],
    queryFn: ({ pageParam }) =>
      listChanges(run.id, { limit: 100, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: run.status !== 'running',
  });
  const changes = pages.data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <section className="panel">
      <header>
        <h2>Values</h2>
      </header>
      {pages.error !== null && <ProblemNotice error={pages.error} retry={() => void pages.refetch()} />}
      {pages.data !== undefined && changes.length === 0 && (
        <Empty title="No value was to be changed">
          <span>Every account read already holds what the mapping gives.</span>
        </Empty>
      )}
      {changes.length > 0 && (
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Person</th>
                <th scope="col">Target</th>
                <th scope="col">Attribute</th>
                <th scope="col">Change</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ target, person, attribute, before, after, foreign, status, reason }) => (
                <tr key={`${target} ${person} ${attribute}`}>
                  <td>
                    <Link to="/people/$connector/$person" params={{ connector: run.connector, person }}>
                      {person.slice(0, 8)}
                    </Link>
                  </td>
                  <td>{target}</td>
                  <td>{plainName(attribute)}</td>
                  <td>
                    <Change before={before} after={after} />{' '}
                    {foreign && (
                      <span className="tag" data-tone="warn">
                        not written by Attune
                      </span>
                    )}
                  </td>
                  <td className="muted">
                    {words[status] ?? status}
                    {reason === null ? '' : `: ${reason}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pages.hasNextPage && (
        <div className="body">
          <button
            type="button"
            className="button"
            disabled={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show more
          </button>
        </div>
      )}
    </section>
  );
};
