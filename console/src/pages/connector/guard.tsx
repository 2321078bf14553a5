import { useParams } from '@tanstack/react-router';
import { attributeRules, breachPolicies, guardRules, type Limit } from '../../../../src/core/plan/guard.ts';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { DataTable } from '../../widgets/tables/data-table.tsx';
import { useDraft } from './draft.tsx';

type Rules = Readonly<Record<string, unknown>>;

const policies: Readonly<Record<string, string>> = {
  waitForApproval: 'holds the whole plan until somebody decides',
  holdAttribute: 'holds the attributes at fault, and writes the others',
  fail: 'fails the run',
};

const objectOf = (value: unknown): Rules => (typeof value === 'object' && value !== null ? { ...value } : {});

/** A threshold as a stored definition holds it. */
const limitOf = (value: unknown, standard: Limit): Limit => {
  const { percent, count } = objectOf(value);
  return typeof percent === 'number' && typeof count === 'number' ? { percent, count } : standard;
};

/** What the guard lets through in one run, and what it does with a plan that is more. */
export const GuardPage = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const { definition, change } = useDraft();
  const guard = objectOf(definition.connector.guard);
  const perAttribute = objectOf(guard.perAttribute);
  const store = (next: Rules): void =>
    change((now) => ({
      ...now,
      connector: { ...now.connector, guard: { ...objectOf(now.connector.guard), ...next } },
    }));
  const rows = [
    ...Object.entries(guardRules).map(([name, { counts, standard }]) => ({
      name,
      counts,
      limit: limitOf(guard[name], standard),
      set: (limit: Limit) => store({ [name]: limit }),
    })),
    ...Object.entries(attributeRules).map(([name, { counts, standard }]) => ({
      name: `perAttribute.${name}`,
      counts: counts.replaceAll('`', ''),
      limit: limitOf(perAttribute[name], standard),
      set: (limit: Limit) => store({ perAttribute: { ...perAttribute, [name]: limit } }),
    })),
  ];
  return (
    <>
      <Panel title="What one run may change">
        <p className="body muted">
          A plan that exceeds either figure is held. Filling an empty attribute does not count as a change.
        </p>
        <DataTable
          label="Thresholds"
          rows={rows}
          keyOf={({ name }) => name}
          columns={[
            { head: 'Counts', names: true, cell: ({ counts }) => counts },
            {
              head: 'Percent of the people linked',
              cell: ({ name, limit, set }) => (
                <input
                  className="input figure-input"
                  type="number"
                  min={0}
                  step="any"
                  aria-label={`${name}, percent`}
                  value={limit.percent}
                  onChange={({ target }) => set({ ...limit, percent: Number(target.value) })}
                />
              ),
            },
            {
              head: 'Or this many',
              cell: ({ name, limit, set }) => (
                <input
                  className="input figure-input"
                  type="number"
                  min={0}
                  aria-label={`${name}, count`}
                  value={limit.count}
                  onChange={({ target }) => set({ ...limit, count: Number(target.value) })}
                />
              ),
            },
          ]}
        />
      </Panel>
      <Panel title="What happens to a plan that exceeds a limit">
        <div className="body actions">
          <label className="filter">
            <span className="small muted">The guard</span>
            <select
              className="select"
              value={String(guard.onBreach ?? breachPolicies[0])}
              onChange={({ target }) => store({ onBreach: target.value })}
            >
              {breachPolicies.map((policy) => (
                <option key={policy} value={policy}>
                  {policies[policy] ?? policy}
                </option>
              ))}
            </select>
          </label>
          <label className="filter">
            <span className="small muted">Ignore percentages below this many people</span>
            <input
              className="input figure-input"
              type="number"
              min={0}
              value={Number(guard.ignoreBelow ?? 0)}
              onChange={({ target }) => store({ ignoreBelow: Number(target.value) })}
            />
          </label>
          {'fourEyes' in guard && (
            <label className="check">
              <input
                type="checkbox"
                checked={guard.fourEyes === true}
                onChange={({ target }) => store({ fourEyes: target.checked })}
              />
              The person who stored the version or started the run may not approve its plan
            </label>
          )}
          {'planExpires' in guard && (
            <label className="filter">
              <span className="small muted">A held plan expires after</span>
              <input
                className="input figure-input"
                value={String(guard.planExpires)}
                onChange={({ target }) => store({ planExpires: target.value })}
              />
            </label>
          )}
        </div>
      </Panel>
      <Commands lines={['attune config export', curl('GET', `/api/connectors/${id}`)]} />
    </>
  );
};
