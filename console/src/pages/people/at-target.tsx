import type { Explanation } from '../../api/connectors.ts';
import { plainName } from '../../text/rows.ts';
import { DecisionTag } from '../../widgets/decision.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { OutcomeState } from '../../widgets/state.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { Change, Value } from '../../widgets/value.tsx';
import { Origin } from './origin.tsx';
import { stepsOf } from './steps.ts';

/** What becomes of a person at one target, step by step, and the values a run would write. */
export const AtTarget = ({ told, target }: { told: Explanation; target: string }) => {
  const at = told.targets[target];
  if (at === undefined) return null;
  const { remedy } = at;
  return (
    <Panel
      title={
        <>
          {target}
          {at.account !== null && (
            <span className="muted">
              {' '}
              <Value value={at.account.username} />
            </span>
          )}
        </>
      }
      aside={<OutcomeState outcome={at.outcome} />}
    >
      <ol className="steps" aria-label={`Steps at ${target}`}>
        {stepsOf(told, target).map(({ name, is, text }) => (
          <li key={name} data-is={is}>
            <strong>{name}</strong>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      {at.attempts.length > 0 && (
        <div className="body">
          <h3>Looked up</h3>
          <ul>
            {at.attempts.map(({ by, value, hits }) => (
              <li key={`${by} ${value}`}>
                {by} <Value value={value} />:{' '}
                {hits.length === 0 ? 'nobody' : hits.length === 1 ? 'one account' : `${hits.length} accounts`}
                {hits.map((hit) => (
                  <span key={hit}>
                    {' '}
                    <Value value={hit} />
                  </span>
                ))}
              </li>
            ))}
          </ul>
          {remedy !== null && at.account === null && <p className="muted small">{remedy}</p>}
        </div>
      )}
      {at.attributes.length > 0 && (
        <DataTable
          rows={at.attributes}
          keyOf={({ attribute }) => attribute}
          columns={[
            { head: 'Attribute', cell: ({ attribute }) => plainName(attribute) },
            {
              head: 'Value',
              cell: ({ before, after, decision }) =>
                decision === 'set' || decision === 'clear' ? (
                  <Change before={before} after={after} />
                ) : (
                  <Value value={after} />
                ),
            },
            { head: 'A run would', cell: ({ decision, why }) => <DecisionTag decision={decision} why={why} /> },
            { head: 'Because', cell: ({ why }) => <span className="muted">{why}</span> },
            {
              head: 'Came from',
              cell: ({ attribute }) =>
                at.account !== null && <Origin target={target} account={at.account.username} attribute={attribute} />,
            },
          ]}
        />
      )}
      {at.attributes.length === 0 && <p className="body muted">{at.sentence}</p>}
    </Panel>
  );
};
