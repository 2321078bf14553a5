import type { AttributeRow } from '../../../../../src/core/mapping/settings.ts';
import type { TargetAttributes } from '../../../../../src/core/profile.ts';
import { attributeOf, nameOf } from '../../../text/rows.ts';

/** Which attribute of the target a row writes. */
export const NameField = ({
  row,
  change,
  rules,
  rows,
  index,
}: {
  row: AttributeRow;
  change: (row: AttributeRow) => void;
  rules: TargetAttributes | undefined;
  rows: readonly AttributeRow[];
  index: number | null;
}) => {
  const fields = Object.keys(rules?.fields ?? {});
  const twice = rows.some(
    (one, place) => place !== index && attributeOf(one) === attributeOf(row) && nameOf(row) !== '',
  );
  return (
    <div className="field">
      <label htmlFor="row-name">{row.field === undefined ? 'User property' : 'Profile field'}</label>
      {row.field === undefined ? (
        <input
          id="row-name"
          className="input"
          value={row.userProperty ?? ''}
          placeholder="Job title"
          onChange={({ target }) => change({ ...row, userProperty: target.value })}
        />
      ) : (
        <select
          id="row-name"
          className="select"
          value={row.field}
          onChange={({ target }) => change({ ...row, field: target.value })}
        >
          {fields.map((field) => (
            <option key={field}>{field}</option>
          ))}
        </select>
      )}
      {twice && (
        <span className="hint">
          Another row also writes it. Rows for one attribute are tried from top to bottom; the first whose condition is
          true decides.
        </span>
      )}
    </div>
  );
};
