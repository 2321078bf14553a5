import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { listConnectors } from '../api/connectors.ts';
import { listRuns, type RunSummary } from '../api/runs.ts';
import { kindWords, statusWords } from '../text/runs.ts';
import { Commands, curl } from '../widgets/commands.tsx';
import { Empty, Page } from '../widgets/page.tsx';
import { RunState } from '../widgets/state.tsx';
import { type Column, DataTable } from '../widgets/tables/data-table.tsx';
import { Filter, withFilter } from '../widgets/tables/filter.tsx';
import { PagesEnd, usePages } from '../widgets/tables/pages.tsx';
import { Ago, count, span } from '../widgets/time.tsx';

const days = [
  ['1', 'the last 24 hours'],
  ['7', 'the last 7 days'],
  ['30', 'the last 30 days'],
] as const;

/** All runs, newest first. */
export const Runs = () => {
  const search = useSearch({ from: '/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const { connector, kind, status, days: within } = search;
  const since = useMemo(
    () => (within === undefined ? undefined : new Date(Date.now() - Number(within) * 86_400_000).toISOString()),
    [within],
  );
  const filter = { connector, kind, since, status: status === undefined ? undefined : [status] };
  const runs = usePages(['runs', filter], (cursor) => listRuns({ ...filter, cursor, limit: 100 }));
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: listConnectors });
  const found = runs.pages?.flatMap((page) => page.runs) ?? [];
  const narrow = (name: keyof typeof search) => (value: string | undefined) =>
    void navigate({ search: (before) => withFilter(before, name, value) });
  const isNarrowed = Object.keys(search).length > 0;
  return (
    <Page title="Runs">
      <div className="actions">
        <Filter
          label="Connector"
          all="every connector"
          value={connector}
          choose={narrow('connector')}
          choices={(connectors.data?.connectors ?? []).map(({ id }) => [id, id])}
        />
        <Filter
          label="State"
          all="every state"
          value={status}
          choose={narrow('status')}
          choices={Object.entries(statusWords).map(([one, { text }]) => [one, text])}
        />
        <Filter
          label="Of"
          all="everybody and single people"
          value={kind}
          choose={narrow('kind')}
          choices={[
            ['everybody', 'everybody'],
            ['person', 'single people'],
          ]}
        />
        <Filter label="Started in" all="all time" value={within} choose={narrow('days')} choices={days} />
      </div>
      <section className="panel">
        {runs.pages !== undefined && found.length === 0 && (
          <Empty title={isNarrowed ? 'No such run' : 'Never run: plan first'}>
            <span>
              {isNarrowed
                ? 'No run matches these filters. Remove a filter to see others.'
                : 'A plan for everybody compares and writes nothing. The button is on the connector’s page.'}
            </span>
          </Empty>
        )}
        {found.length > 0 && <DataTable linked rows={found} keyOf={({ id }) => id} columns={columns} />}
        <PagesEnd of={runs} />
      </section>
      <Commands lines={['attune runs', curl('GET', `/api/runs?limit=100`)]} />
    </Page>
  );
};

const columns: readonly Column<RunSummary>[] = [
  {
    head: 'Run',
    cell: (run) => (
      <Link to="/runs/$run" params={{ run: run.id }} data-row-link>
        {kindWords(run)}
      </Link>
    ),
  },
  { head: 'State', cell: ({ status }) => <RunState status={status} /> },
  { head: 'Connector', cell: ({ connector }) => connector },
  { head: 'Version', number: true, cell: ({ version }) => version },
  { head: 'Values set', number: true, cell: ({ changes }) => (changes === null ? '' : count(changes.set)) },
  { head: 'Cleared', number: true, cell: ({ changes }) => (changes === null ? '' : count(changes.cleared)) },
  { head: 'Failed', number: true, cell: ({ outcomes }) => (outcomes === null ? '' : count(outcomes.failed)) },
  { head: 'Started', cell: ({ startedAt }) => <Ago at={startedAt} /> },
  {
    head: 'Worked',
    number: true,
    cell: ({ workMs }) => (workMs === null ? '' : span(workMs)),
  },
  { head: 'By', cell: ({ startedBy }) => startedBy },
];
