import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listOutcomes, type Run } from '../../api/runs.ts';
import { DataTable } from '../../widgets/data-table.tsx';
import { Empty } from '../../widgets/page.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { count } from '../../widgets/time.tsx';

/** Who was not written and why, by reason, with what can be done about it. */
export const NotWritten = ({ run }: { run: Run }) => {
  const page = useQuery({
    queryKey: ['run', run.id, 'outcomes'],
    queryFn: () => listOutcomes(run.id, { limit: 1000 }),
    enabled: run.status !== 'running',
  });
  const groups = new Map<
    string,
    { target: string; outcome: string; reason: string; sentence: string; remedy: string | null; people: string[] }
  >();
  for (const { target, outcome, reason, sentence, remedy, person } of page.data?.outcomes ?? []) {
    if (outcome === 'updated' || outcome === 'planned') continue;
    const key = `${target} ${outcome} ${reason}`;
    const group = groups.get(key) ?? { target, outcome, reason, sentence, remedy, people: [] };
    group.people.push(person);
    groups.set(key, group);
  }
  const more = page.data?.next != null;
  return (
    <Panel title="Not written, and why" aside={more && <span className="muted small">of the first 1,000 people</span>}>
      {page.error !== null && <ProblemNotice error={page.error} />}
      {page.data !== undefined && groups.size === 0 && (
        <Empty title="Nobody was left out">
          <span>Everybody the run read was already in tune or was written.</span>
        </Empty>
      )}
      {groups.size > 0 && (
        <DataTable
          rows={[...groups.values()].sort((a, b) => b.people.length - a.people.length)}
          keyOf={({ target, outcome, reason }) => `${target} ${outcome} ${reason}`}
          columns={[
            { head: 'Target', cell: ({ target }) => target },
            { head: 'Outcome', cell: ({ outcome }) => <OutcomeState outcome={outcome} /> },
            { head: 'Reason', cell: ({ sentence }) => sentence },
            {
              head: 'What to do',
              cell: ({ remedy }) => <span className="muted">{remedy ?? 'Nothing: this is as intended.'}</span>,
            },
            { head: 'People', number: true, cell: ({ people }) => count(people.length) },
            {
              head: 'For one',
              cell: ({ people: [person] }) =>
                person !== undefined && (
                  <Link to="/people/$connector/$person" params={{ connector: run.connector, person }}>
                    see why
                  </Link>
                ),
            },
          ]}
        />
      )}
    </Panel>
  );
};
