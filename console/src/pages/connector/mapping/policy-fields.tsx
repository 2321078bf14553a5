import type { AttributeRow } from '../../../../../src/core/mapping/settings.ts';
import type { Offer } from '../../../preview/offers.ts';
import { policyWords, rowDefaults } from '../../../text/rows.ts';
import { ExpressionBox } from '../../../widgets/forms/expression-box.tsx';

/** When a row applies, and what becomes of values that are empty, too long or another's. */
export const PolicyFields = ({
  row,
  change,
  offers,
}: {
  row: AttributeRow;
  change: (row: AttributeRow) => void;
  offers: readonly Offer[];
}) => {
  const differs = (['whenEmpty', 'overwrite', 'whenTooLong', 'whenNoTransformApplies'] as const).filter(
    (name) => row[name] !== rowDefaults[name],
  );
  return (
    <>
      <details className="more" open={row.when !== undefined}>
        <summary>
          Only when <span className="muted">{row.when ?? 'for everybody'}</span>
        </summary>
        <ExpressionBox
          id="row-when"
          label="Condition"
          value={row.when ?? ''}
          change={(text) => {
            const { when: _, ...rest } = row;
            change(text.trim() === '' ? rest : { ...row, when: text });
          }}
          offers={offers}
        />
      </details>
      <details className="more" open={differs.length > 0}>
        <summary>
          Rules{' '}
          <span className="muted">
            {differs.length === 0 ? 'as usual' : differs.map((name) => wordOf(row, name)).join(' · ')}
          </span>
        </summary>
        <div className="policies">
          <Policy name="whenEmpty" text="When there is no value" row={row} change={change} />
          <Policy name="overwrite" text="Write over another value" row={row} change={change} />
          <Policy name="whenTooLong" text="When it is too long" row={row} change={change} />
          <Policy name="whenNoTransformApplies" text="When no transform fits" row={row} change={change} />
          <label className="check">
            <input
              type="checkbox"
              checked={row.keepOrder}
              onChange={({ target }) => change({ ...row, keepOrder: target.checked })}
            />
            Several values keep the directory's order
          </label>
        </div>
      </details>
    </>
  );
};

type PolicyName = keyof typeof policyWords;

const wordOf = (row: AttributeRow, name: PolicyName): string => {
  const words: Readonly<Record<string, string>> = policyWords[name];
  return words[row[name]] ?? row[name];
};

const Policy = ({
  name,
  text,
  row,
  change,
}: {
  name: PolicyName;
  text: string;
  row: AttributeRow;
  change: (row: AttributeRow) => void;
}) => (
  <div className="field">
    <label htmlFor={`policy-${name}`}>{text}</label>
    <select
      id={`policy-${name}`}
      className="select"
      value={row[name]}
      onChange={({ target }) => change({ ...row, [name]: target.value })}
    >
      {Object.entries(policyWords[name]).map(([value, words]) => (
        <option key={value} value={value}>
          {words}
          {value === rowDefaults[name] ? ' (usual)' : ''}
        </option>
      ))}
    </select>
  </div>
);
