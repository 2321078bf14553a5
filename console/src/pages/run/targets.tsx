import { outcomes } from '../../../../src/core/report/outcome.ts';
import type { Run } from '../../api/runs.ts';
import { outcomeWords } from '../../text/outcomes.ts';
import { Panel } from '../../widgets/panel.tsx';
import { Funnel } from '../../widgets/pictures/funnel.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { count } from '../../widgets/time.tsx';

type Report = NonNullable<Run['report']>;

/** How everybody ended at each target, as a picture and in figures. */
export const Targets = ({ report }: { report: Report }) => {
  const seen = outcomes.filter((outcome) => Object.values(report.targets).some((target) => target[outcome] > 0));
  // Of a plan, the figures are what it would write.
  const isPlan = report.forecast !== null;
  return (
    <Panel
      title="Targets"
      aside={
        <span className="muted small">
          {count(report.read.users)} people read{report.read.complete ? ', everybody' : ', incomplete'}
        </span>
      }
    >
      <div className="body">
        <Funnel report={report} />
      </div>
      <DataTable
        rows={Object.entries(report.targets)}
        keyOf={([id]) => id}
        columns={[
          { head: 'Target', cell: ([id]) => id },
          ...seen.map((outcome) => ({
            head: outcomeWords[outcome]?.text,
            number: true,
            cell: ([, target]: readonly [string, Report['targets'][string]]) => count(target[outcome]),
          })),
          {
            head: isPlan ? 'Values to set' : 'Values set',
            number: true,
            cell: ([, { changes }]) => count(changes.set),
          },
          { head: isPlan ? 'To clear' : 'Cleared', number: true, cell: ([, { changes }]) => count(changes.cleared) },
          {
            head: 'Requests',
            number: true,
            cell: ([, { calls }]) => count(calls.login + calls.listing + calls.read + calls.write),
          },
        ]}
      />
    </Panel>
  );
};
