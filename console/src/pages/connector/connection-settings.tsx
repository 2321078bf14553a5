import { useParams } from '@tanstack/react-router';
import type { Definition } from '../../api/connectors.ts';
import { kindNames } from '../../text/connectors.ts';
import { CheckConnection } from '../../widgets/check-connection.tsx';
import { Commands, curl } from '../../widgets/commands.tsx';
import { Panel } from '../../widgets/panel.tsx';
import { useDraft } from './draft.tsx';

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a connector reads and writes, and how much of that everybody who configures may change. */
export const SettingsTab = () => {
  const { id } = useParams({ from: '/connectors/$id' });
  const { definition, change } = useDraft();
  const { source } = definition.connector;
  const setSource = (next: Part): void =>
    change((now) => ({ ...now, connector: { ...now.connector, source: { ...now.connector.source, ...next } } }));
  const setTarget = (name: string, next: Part): void =>
    change((now) => ({ ...now, targets: withTarget(now.targets, name, next) }));
  return (
    <>
      <Panel
        title={`Directory: ${kindNames[source.kind] ?? source.kind}`}
        aside={<CheckConnection connector={id} target={null} />}
      >
        <div className="body">
          <Facts of={source} without={['kind', 'people', 'groups', 'manager']} />
          {isPart(source.people) && (
            <fieldset className="actions">
              <legend className="small muted">Who takes part</legend>
              {Object.entries(source.people).map(([who, choice]) => (
                <label key={who} className="filter">
                  <span className="small muted">{who}</span>
                  <select
                    className="select"
                    value={String(choice)}
                    onChange={({ target }) =>
                      setSource({ people: { ...(isPart(source.people) ? source.people : {}), [who]: target.value } })
                    }
                  >
                    <option value="include">take part</option>
                    <option value="exclude">are left out</option>
                  </select>
                </label>
              ))}
            </fieldset>
          )}
          {isPart(source.groups) && Object.keys(source.groups).length > 0 && (
            <p className="muted small">Groups read: {Object.keys(source.groups).join(', ')}.</p>
          )}
        </div>
      </Panel>
      {Object.entries(definition.targets).map(([name, target]) => (
        <Panel
          key={name}
          title={`${name}: ${kindNames[target.kind] ?? target.kind}`}
          aside={<CheckConnection connector={id} target={name} />}
        >
          <div className="body">
            <Facts of={target} without={['kind', 'inFlight', 'writeHours', 'never']} />
            <Load name={name} target={target} set={(next) => setTarget(name, next)} />
          </div>
        </Panel>
      ))}
      <p className="muted small">
        Change addresses, accounts and names of secrets in the Document, with a token that has the ability connect.
      </p>
      <Commands lines={[`attune check ${id}`, curl('POST', `/api/connectors/${id}/check`, {})]} />
    </>
  );
};

const withTarget = (targets: Definition['targets'], name: string, next: Part): Definition['targets'] => {
  const target = targets[name];
  return target === undefined ? targets : { ...targets, [name]: { ...target, ...next } };
};

/** What stands in a part and is only shown here, each on a line. */
const Facts = ({ of, without }: { of: Part; without: readonly string[] }) => (
  <dl className="attributes">
    {Object.entries(of)
      .filter(([name, value]) => !without.includes(name) && value !== undefined)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {typeof value === 'string' || typeof value === 'number' ? value : <code>{JSON.stringify(value)}</code>}
          </dd>
        </div>
      ))}
  </dl>
);

const Load = ({ name, target, set }: { name: string; target: Part; set: (next: Part) => void }) => {
  const hours = isPart(target.writeHours) ? target.writeHours : null;
  const never = Array.isArray(target.never) ? target.never : [];
  const { begin, leave } = useDraft();
  return (
    <div className="actions">
      <label className="filter">
        <span className="small muted">Requests at once</span>
        <input
          className="input figure-input"
          type="number"
          min={1}
          max={64}
          aria-label={`Requests at once to ${name}`}
          value={Number(target.inFlight ?? 4)}
          onChange={({ target: { value } }) => set({ inFlight: Number(value) })}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={hours !== null}
          onChange={({ target: { checked } }) =>
            set({ writeHours: checked ? { from: '20:00', to: '06:00', timeZone: 'UTC' } : undefined })
          }
        />
        Full runs write to {name} only at certain hours
      </label>
      {hours !== null &&
        (['from', 'to', 'timeZone'] as const).map((part) => (
          <label key={part} className="filter">
            <span className="small muted">{part === 'timeZone' ? 'time zone' : part}</span>
            <input
              className="input figure-input"
              value={String(hours[part] ?? '')}
              onChange={({ target: { value } }) => set({ writeHours: { ...hours, [part]: value } })}
            />
          </label>
        ))}
      <label className="filter">
        <span className="small muted">Usernames that are never written to; * matches any text</span>
        <input
          className="input"
          aria-label={`Never written at ${name}`}
          key={never.join()}
          defaultValue={never.join(', ')}
          onFocus={begin}
          onBlur={({ target: { value } }) => {
            const next = value.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
            if (next.join() === never.join()) leave();
            else set({ never: next });
          }}
        />
      </label>
    </div>
  );
};
