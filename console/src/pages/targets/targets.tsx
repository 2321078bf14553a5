import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listTargets, type Target } from '../../api/targets.ts';
import { kindNames } from '../../text/connectors.ts';
import { notAwaited } from '../../text/targets.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Empty, Page } from '../../widgets/page.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { type Column, DataTable } from '../../widgets/tables/data-table.tsx';
import { Ago, count, Moment } from '../../widgets/time.tsx';
import { Slots } from './slots.tsx';
import './targets.css';

/** All targets: how much of each is in use, and what was last seen of it. */
export const Targets = () => {
  const targets = useQuery({ queryKey: ['targets'], queryFn: listTargets, refetchInterval: 5_000 });
  return (
    <Page title="Targets">
      {targets.error !== null && <ProblemNotice error={targets.error} retry={() => void targets.refetch()} />}
      {targets.data !== undefined && (
        <section className="panel">
          {targets.data.targets.length === 0 ? (
            <Empty title="No target yet">
              <span>A target is defined in the document of a connector.</span>
            </Empty>
          ) : (
            <DataTable linked rows={targets.data.targets} keyOf={({ id }) => id} columns={columns} />
          )}
        </section>
      )}
      <Commands
        lines={[
          ...new Set(
            (targets.data?.targets ?? []).flatMap(({ connectors: [one] }) =>
              one === undefined ? [] : [`attune check ${one}`],
            ),
          ),
          curl('GET', '/api/targets'),
        ]}
      />
    </Page>
  );
};

const columns: readonly Column<Target>[] = [
  {
    head: 'Target',
    cell: ({ id }) => (
      <Link to="/targets/$id" params={{ id }} data-row-link>
        {id}
      </Link>
    ),
  },
  { head: 'Product', cell: ({ kind }) => kindNames[kind] ?? kind },
  { head: 'Address', cell: ({ url }) => url },
  { head: 'In use', cell: (target) => <Slots target={target} /> },
  {
    head: 'Requests in 24 hours',
    number: true,
    cell: ({ requests }) => count(requests.login + requests.listing + requests.read + requests.write),
  },
  { head: '429 answers', number: true, cell: ({ throttled }) => count(throttled.answers) },
  {
    head: 'Now',
    cell: ({ away }) =>
      away === null ? (
        <span className="muted">{notAwaited}</span>
      ) : (
        <span className="state" data-tone="bad">
          unavailable since <Moment at={away.since} />
        </span>
      ),
  },
  {
    head: 'Last check',
    cell: ({ checks }) => {
      const [last] = [...checks].sort((a, b) => (a.at < b.at ? 1 : -1));
      return last === undefined ? (
        <span className="muted">never</span>
      ) : (
        <span className="state" data-tone={last.ok ? 'ok' : 'bad'}>
          {last.ok ? 'as it should be' : 'something is wrong'} <Ago at={last.at} />
        </span>
      );
    },
  },
];
