import type { Transform } from '../../../../../src/core/mapping/settings.ts';
import { transformText } from '../../../text/rows.ts';

const plain = ['trim', 'lower', 'upper', 'capitalise'] as const;
const withSettings = ['ascii', 'replace', 'regex', 'lookup'] as const;

const fresh: Readonly<Record<string, Transform>> = {
  trim: 'trim',
  lower: 'lower',
  upper: 'upper',
  capitalise: 'capitalise',
  ascii: { ascii: 'plain' },
  replace: { replace: { find: '', with: '' } },
  regex: { regex: { find: '', replace: '' } },
  lookup: { lookup: { values: {} } },
};

/** What is done with a value on its way, step by step. */
export const TransformFields = ({
  transforms,
  change,
}: {
  transforms: readonly Transform[];
  change: (transforms: readonly Transform[]) => void;
}) => {
  const set = (index: number, next: Transform) =>
    change(transforms.map((one, place) => (place === index ? next : one)));
  return (
    <details className="more" open={transforms.length > 0}>
      <summary>
        Transforms{' '}
        <span className="muted">{transforms.length === 0 ? 'none' : transforms.map(transformText).join(' · ')}</span>
      </summary>
      <ol className="parts">
        {transforms.map((transform, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place alone
          <li key={index}>
            <TransformField transform={transform} change={(next) => set(index, next)} />
            <button
              type="button"
              className="button"
              data-kind="quiet"
              aria-label={`Remove ${transformText(transform)}`}
              onClick={() => change(transforms.filter((_, place) => place !== index))}
            >
              Remove
            </button>
          </li>
        ))}
      </ol>
      <label className="joined">
        Add
        <select
          className="select"
          value=""
          onChange={({ target }) => {
            const made = fresh[target.value];
            if (made !== undefined) change([...transforms, made]);
          }}
        >
          <option value="">choose one</option>
          {[...plain, ...withSettings].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </details>
  );
};

const TransformField = ({ transform, change }: { transform: Transform; change: (next: Transform) => void }) => {
  if (typeof transform === 'string') return <span className="mono">{transform}</span>;
  if ('replace' in transform) {
    const { find, with: by } = transform.replace;
    return (
      <span className="pair">
        <input
          className="input"
          aria-label="Replace"
          placeholder="replace"
          value={find}
          onChange={({ target }) => change({ replace: { find: target.value, with: by } })}
        />
        <input
          className="input"
          aria-label="With"
          placeholder="with"
          value={by}
          onChange={({ target }) => change({ replace: { find, with: target.value } })}
        />
      </span>
    );
  }
  if ('regex' in transform) {
    const { find, replace } = transform.regex;
    return (
      <span className="pair">
        <input
          className="input mono"
          aria-label="Regular expression"
          placeholder="^DE-(.*)$"
          value={find}
          onChange={({ target }) => change({ regex: { find: target.value, replace } })}
        />
        <input
          className="input mono"
          aria-label="Replaced by"
          placeholder="$1"
          value={replace}
          onChange={({ target }) => change({ regex: { find, replace: target.value } })}
        />
      </span>
    );
  }
  if ('ascii' in transform) {
    return (
      <select
        className="select"
        aria-label="Spelling of umlauts"
        value={transform.ascii}
        onChange={({ target }) => change({ ascii: target.value === 'german' ? 'german' : 'plain' })}
      >
        <option value="plain">plain: Müller becomes Muller</option>
        <option value="german">german: Müller becomes Mueller</option>
      </select>
    );
  }
  return <LookupField values={transform.lookup.values} change={(values) => change({ lookup: { values } })} />;
};

/** A table as two columns of text, one pair a line: it can be pasted from a sheet. */
const LookupField = ({
  values,
  change,
}: {
  values: Readonly<Record<string, string>>;
  change: (values: Readonly<Record<string, string>>) => void;
}) => (
  <textarea
    className="input mono"
    aria-label="Lookup, one pair a line: code, tab or =, value"
    rows={Math.min(10, Object.keys(values).length + 2)}
    placeholder={'4711 = Research\n4712 = Sales'}
    defaultValue={Object.entries(values)
      .map(([key, value]) => `${key} = ${value}`)
      .join('\n')}
    onChange={({ target }) =>
      change(
        Object.fromEntries(
          target.value.split('\n').flatMap((line) => {
            const [, key, value] = /^(.*?)(?:\t| *= *)(.*)$/.exec(line) ?? [];
            return key === undefined || value === undefined || key.trim() === '' ? [] : [[key.trim(), value.trim()]];
          }),
        ),
      )
    }
  />
);
