import { Link } from '@tanstack/react-router';
import { personHistory } from '../../api/people.ts';
import { plainName } from '../../text/rows.ts';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ChangeOf, changeWords } from '../../widgets/tables/change-list.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { PagesEnd, usePages } from '../../widgets/tables/pages.tsx';
import { Moment } from '../../widgets/time.tsx';

/** What runs have changed for a person, or would change, the newest first. */
export const Timeline = ({ connector, person }: { connector: string; person: string }) => {
  const list = usePages(['people', connector, 'history', person], (cursor) => personHistory(connector, person, cursor));
  const changes = list.pages?.flatMap((page) => page.changes) ?? [];
  return (
    <Panel title="Timeline">
      {list.pages !== undefined && changes.length === 0 && (
        <Empty title="No run has changed anything for this person">
          <span>
            This list goes back as far as runs are kept. The current values at the targets were there before, or were
            found equal.
          </span>
        </Empty>
      )}
      {changes.length > 0 && (
        <DataTable
          rows={changes}
          keyOf={({ run, target, attribute }) => `${run} ${target} ${attribute}`}
          columns={[
            { head: 'When', cell: ({ at }) => <Moment at={at} /> },
            { head: 'Target', cell: ({ target }) => target },
            { head: 'Attribute', cell: ({ attribute }) => plainName(attribute) },
            { head: 'Change', cell: (change) => <ChangeOf change={change} /> },
            { head: 'State', cell: ({ status }) => <span className="muted">{changeWords[status] ?? status}</span> },
            {
              head: 'Run',
              cell: ({ run, version, startedBy }) => (
                <>
                  <Link to="/runs/$run" params={{ run }}>
                    {run.slice(0, 8)}
                  </Link>{' '}
                  <span className="muted">
                    version {version}, by {startedBy}
                  </span>
                </>
              ),
            },
          ]}
        />
      )}
      <PagesEnd of={list} />
    </Panel>
  );
};
