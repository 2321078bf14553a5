import type { Json } from '../../../../src/core/values.ts';
import type { Explanation } from '../../api/connectors.ts';
import { Panel } from '../../widgets/panel.tsx';
import { Value } from '../../widgets/value.tsx';

/** What the directory says of a person. */
export const Said = ({ told }: { told: Explanation }) => (
  <Panel
    title="What the directory says"
    aside={
      <span className="state" data-tone={told.scope ? 'ok' : 'quiet'}>
        {told.scope ? 'In scope' : 'Out of the connector’s scope'}
      </span>
    }
  >
    <div className="body">
      <dl className="attributes">
        {leavesOf(told.source).map(([path, value]) => (
          <div key={path}>
            <dt>{path}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  </Panel>
);

/** Every path with a value, as a mapping names it. */
const leavesOf = (value: Json, path = ''): readonly (readonly [string, string])[] => {
  if (value === null || value === '') return [];
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object') return [[path, String(value)]];
  if (isList(value))
    return value.length === 0
      ? []
      : [[path, value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ')]];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path}.${name}`));
};

// Not the expressions' own: their language would come with it.
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
