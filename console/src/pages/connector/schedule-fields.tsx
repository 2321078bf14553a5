import { Panel } from '../../widgets/panel.tsx';
import { useDraft } from './draft.tsx';

type Entry = { readonly mode: string; readonly cron?: string; readonly timeZone?: string; readonly every?: string };

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'mode' in value && typeof value.mode === 'string';

/** The schedules of the draft: each at a set time in a time zone, or at an interval. */
export const ScheduleFields = () => {
  const { definition, change } = useDraft();
  const written = definition.connector.schedules;
  const entries = Array.isArray(written) ? written.filter(isEntry) : [];
  const store = (schedules: readonly Entry[]): void =>
    change((now) => ({ ...now, connector: { ...now.connector, schedules } }));
  const set = (index: number, entry: Entry): void =>
    store(entries.map((one, place) => (place === index ? entry : one)));
  return (
    <Panel title="In the document">
      <div className="body schedule-fields">
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a schedule being edited is known by its place alone
          <fieldset key={index} className="actions">
            <legend className="visually-hidden">Schedule {index + 1}</legend>
            <label className="filter">
              <span className="small muted">Runs</span>
              <select
                className="select"
                value={entry.every === undefined ? 'cron' : 'every'}
                onChange={({ target }) =>
                  set(
                    index,
                    target.value === 'cron'
                      ? { cron: '0 2 * * *', timeZone: here, mode: entry.mode }
                      : { every: '15m', mode: entry.mode },
                  )
                }
              >
                <option value="cron">at a set time</option>
                <option value="every">at an interval</option>
              </select>
            </label>
            {entry.every === undefined ? (
              <>
                <label className="filter">
                  <span className="small muted">Minute, hour, day, month, weekday</span>
                  <input
                    className="input mono"
                    value={entry.cron ?? ''}
                    onChange={({ target }) => set(index, { ...entry, cron: target.value })}
                  />
                </label>
                <label className="filter">
                  <span className="small muted">Time zone</span>
                  <input
                    className="input"
                    value={entry.timeZone ?? 'UTC'}
                    onChange={({ target }) => set(index, { ...entry, timeZone: target.value })}
                  />
                </label>
              </>
            ) : (
              <label className="filter">
                <span className="small muted">Every</span>
                <input
                  className="input mono"
                  value={entry.every}
                  onChange={({ target }) => set(index, { ...entry, every: target.value })}
                />
              </label>
            )}
            <label className="filter">
              <span className="small muted">Reads</span>
              <select
                className="select"
                value={entry.mode}
                onChange={({ target }) => set(index, { ...entry, mode: target.value })}
              >
                <option value="full">everybody</option>
                <option value="delta">what changed</option>
                <option value="verify">everybody, every value</option>
              </select>
            </label>
            <button
              type="button"
              className="button"
              data-kind="quiet"
              onClick={() => store(entries.filter((_, place) => place !== index))}
            >
              Remove schedule {index + 1}
            </button>
          </fieldset>
        ))}
        <button
          type="button"
          className="button"
          onClick={() => store([...entries, { cron: '0 2 * * *', timeZone: here, mode: 'full' }])}
        >
          Add a schedule
        </button>
      </div>
    </Panel>
  );
};

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
