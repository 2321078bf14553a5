import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { countReasons, listOutcomes, type ReasonCount, type Run } from '../../api/runs.ts';
import { useSettings } from '../../settings.tsx';
import { asIntended } from '../../text/people.ts';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { personName } from '../../widgets/person-name.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { PagesEnd, usePages } from '../../widgets/tables/pages.tsx';
import { many } from '../../widgets/time.tsx';

/** Who was not written and why, counted by reason, with what can be done about it and who they are. */
export const NotWritten = ({ run }: { run: Run }) => {
  const counted = useQuery({
    queryKey: ['run', run.id, 'reasons'],
    queryFn: () => countReasons(run.id),
    enabled: run.status !== 'running',
  });
  const [open, setOpen] = useState<ReasonCount | null>(null);
  const reasons = counted.data?.reasons.filter(({ outcome }) => outcome !== 'updated' && outcome !== 'planned');
  return (
    <Panel title="Not written, and why">
      {counted.error !== null && <ProblemNotice error={counted.error} retry={() => void counted.refetch()} />}
      {reasons?.length === 0 && (
        <Empty title="Nobody was left out">
          <span>Everybody the run read was already in tune or was written.</span>
        </Empty>
      )}
      {reasons !== undefined && reasons.length > 0 && (
        <DataTable
          label="Reasons"
          rows={reasons}
          keyOf={keyOf}
          columns={[
            { head: 'Target', cell: ({ target }) => target },
            { head: 'Outcome', cell: ({ outcome }) => <OutcomeState outcome={outcome} /> },
            { head: 'Reason', names: true, cell: ({ sentence }) => sentence },
            {
              head: 'What to do',
              cell: ({ remedy }) => <span className="muted">{remedy ?? asIntended}</span>,
            },
            {
              head: 'People',
              number: true,
              cell: (one) => (
                <button
                  type="button"
                  className="row-name"
                  aria-expanded={open !== null && keyOf(open) === keyOf(one)}
                  onClick={() => setOpen(open !== null && keyOf(open) === keyOf(one) ? null : one)}
                >
                  {many(one.people, 'person', 'people')}
                </button>
              ),
            },
          ]}
        />
      )}
      {open !== null && <Who key={keyOf(open)} run={run} of={open} />}
    </Panel>
  );
};

const keyOf = ({ target, outcome, reason }: ReasonCount): string => `${target} ${outcome} ${reason}`;

/** The people of one reason, each leading to what becomes of them. */
const Who = ({ run, of }: { run: Run; of: ReasonCount }) => {
  const { shown } = useSettings();
  const { target, outcome, reason } = of;
  const list = usePages(['run', run.id, 'outcomes', target, outcome, reason], (cursor) =>
    listOutcomes(run.id, { target, outcome, reason, limit: 50, ...(cursor === null ? {} : { cursor }) }),
  );
  const people = list.pages?.flatMap((page) => page.outcomes) ?? [];
  return (
    <>
      <ul className="body people-of" aria-label={`${of.sentence} At ${target}`}>
        {people.map(({ person, label }) => (
          <li key={person}>
            <Link to="/people/$connector/$person" params={{ connector: run.connector, person }}>
              {personName(person, label, shown)}
            </Link>
          </li>
        ))}
      </ul>
      <PagesEnd of={list} />
    </>
  );
};
