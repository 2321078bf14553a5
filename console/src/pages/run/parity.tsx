import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { getParity, type Parity, type Run } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { Panel } from '../../widgets/panel.tsx';
import { ProblemNotice } from '../../widgets/problem.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { count } from '../../widgets/time.tsx';

type Row = Parity['attributes'][number];

const standings = [
  ['equal', 'Equal'],
  ['alike', 'Equal except case or spaces'],
  ['different', 'Different'],
  ['missing', 'Missing at the target'],
  ['extra', 'Only at the target'],
] as const;

/** How what stood at the targets compares with the directory, where the run read it for the first time, or all of it. */
export const ParityTable = ({ run }: { run: Run }) => {
  const asked = useQuery({
    queryKey: ['run', run.id, 'parity'],
    queryFn: () => getParity(run.id),
    enabled: run.status !== 'running',
  });
  if (asked.error !== null) return <ProblemNotice error={asked.error} retry={() => void asked.refetch()} />;
  const rows = asked.data?.attributes ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel
      title="Values found at the targets"
      aside={<span className="muted small">number of people, compared with the directory</span>}
    >
      <DataTable
        label="Parity"
        rows={rows}
        keyOf={({ target, attribute }) => `${target} ${attribute}`}
        columns={[
          { head: 'Target', cell: ({ target }) => target },
          { head: 'Attribute', names: true, cell: ({ attribute }) => plainName(attribute) },
          ...standings.map(([standing, head]) => ({
            head,
            number: true,
            cell: (row: Row) => <Figure run={run} of={row[standing]} />,
          })),
        ]}
      />
    </Panel>
  );
};

const Figure = ({ run, of: { people, examples } }: { run: Run; of: Row['equal'] }) => {
  const [person] = examples;
  return (
    <>
      {count(people)}
      {person !== undefined && (
        <>
          {' '}
          <Link to="/people/$connector/$person" params={{ connector: run.connector, person }} className="small">
            one of them
          </Link>
        </>
      )}
    </>
  );
};
