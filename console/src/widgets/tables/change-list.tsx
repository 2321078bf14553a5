import { Link } from '@tanstack/react-router';
import { type ChangePage, listChanges, type Run } from '../../api/runs.ts';
import { useSettings } from '../../settings.tsx';
import { plainName } from '../../text/rows.ts';
import { Empty } from '../page.tsx';
import { Panel } from '../panel.tsx';
import { personName } from '../person-name.tsx';
import { Change } from '../value.tsx';
import { type Column, DataTable } from './data-table.tsx';
import { PagesEnd, usePages } from './pages.tsx';

type Listed = ChangePage['changes'][number];

/** What became of a change, in words. */
export const changeWords: Readonly<Record<string, string>> = {
  planned: 'planned',
  applied: 'written',
  already: 'was already there',
  moved: 'changed at the target since, not overwritten',
  rejected: 'refused by the target',
  failed: 'failed',
};

/** The values a run changed or would change, page by page. */
export const ChangeList = ({ run }: { run: Run }) => {
  const { shown } = useSettings();
  const list = usePages(
    ['run', run.id, 'changes'],
    (cursor) => listChanges(run.id, { limit: 100, ...(cursor === null ? {} : { cursor }) }),
    run.status !== 'running',
  );
  const changes = list.pages?.flatMap((page) => page.changes) ?? [];
  const columns: readonly Column<Listed>[] = [
    {
      head: 'Person',
      cell: ({ person, label }) => (
        <Link to="/people/$connector/$person" params={{ connector: run.connector, person }}>
          {personName(person, label, shown)}
        </Link>
      ),
    },
    { head: 'Target', cell: ({ target }) => target },
    { head: 'Attribute', cell: ({ attribute }) => plainName(attribute) },
    { head: 'Change', cell: (change) => <ChangeOf change={change} /> },
    {
      head: 'State',
      cell: ({ status, reason }) => (
        <span className="muted">
          {changeWords[status] ?? status}
          {reason === null ? '' : `: ${reason}`}
        </span>
      ),
    },
  ];
  return (
    <Panel title="Values">
      {list.pages !== undefined && changes.length === 0 && (
        <Empty title="No value was to be changed">
          <span>Every account that was read already holds what the mapping gives.</span>
        </Empty>
      )}
      {changes.length > 0 && (
        <DataTable
          rows={changes}
          keyOf={({ target, person, attribute }) => `${target} ${person} ${attribute}`}
          columns={columns}
        />
      )}
      <PagesEnd of={list} />
    </Panel>
  );
};

/** What stands and what comes instead, with a word where somebody else had written it. */
export const ChangeOf = ({ change }: { change: Pick<Listed, 'before' | 'after' | 'foreign'> }) => (
  <>
    <Change before={change.before} after={change.after} />{' '}
    {change.foreign && (
      <span className="tag" data-tone="warn">
        not written by Attune
      </span>
    )}
  </>
);
