import type { Plan, PlanPart } from '../../api/runs.ts';
import { plainName } from '../../text/rows.ts';
import { Empty } from '../../widgets/page.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { count } from '../../widgets/time.tsx';
import { nameOfPart } from './decision-dialog.tsx';
import { keyOfPart } from './part.ts';

/** What each attribute of a plan would get, with a tick for whether it is applied. */
export const PlanAttributes = ({
  plan,
  without,
  onWithout,
  onChosen,
}: {
  plan: Plan;
  without: readonly PlanPart[];
  onWithout: (parts: readonly PlanPart[]) => void;
  onChosen: (part: PlanPart) => void;
}) => {
  if (plan.attributes.length === 0) return <Empty title="Nothing would change" />;
  return (
    <DataTable
      label="Attributes of the plan"
      rows={plan.attributes}
      keyOf={keyOfPart}
      columns={[
        {
          head: <span className="visually-hidden">Applied</span>,
          cell: ({ target, attribute }) => (
            <input
              type="checkbox"
              aria-label={`Apply ${nameOfPart({ target, attribute })}`}
              disabled={!plan.decidable}
              checked={!without.some((one) => keyOfPart(one) === keyOfPart({ target, attribute }))}
              onChange={({ target: { checked } }) =>
                onWithout(
                  checked
                    ? without.filter((one) => keyOfPart(one) !== keyOfPart({ target, attribute }))
                    : [...without, { target, attribute }],
                )
              }
            />
          ),
        },
        {
          head: 'Attribute',
          cell: ({ target, attribute, breach }) => (
            <>
              <button type="button" className="row-name" data-row-link onClick={() => onChosen({ target, attribute })}>
                {plainName(attribute)}
              </button>{' '}
              <span className="muted">{target}</span>{' '}
              {breach && (
                <span className="tag" data-tone="bad">
                  too many
                </span>
              )}
            </>
          ),
        },
        { head: 'Filled', number: true, cell: ({ filled }) => count(filled) },
        { head: 'Replaced', number: true, cell: ({ replaced }) => count(replaced) },
        { head: 'Cleared', number: true, cell: ({ cleared }) => count(cleared) },
        { head: 'Of others', number: true, cell: ({ foreign }) => count(foreign) },
      ]}
    />
  );
};
