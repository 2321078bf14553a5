import type { AttributeRow } from '../../../../../src/core/mapping/settings.ts';
import type { Definition } from '../../../api/connectors.ts';
import { rowDefaults } from '../../../text/rows.ts';

/** The row in the editor: its place among the target's rows (null for a new one) and what it says now. */
export type Editing = { readonly index: number | null; readonly row: AttributeRow };

type Rows = readonly AttributeRow[];

/** The rows with the edited one in its place. */
export const withRow = (rows: Rows, { index, row }: Editing): Rows =>
  index === null ? [...rows, row] : rows.map((one, place) => (place === index ? row : one));

/** A definition with the rows of one target changed. */
export const withRows = (definition: Definition, target: string, change: (rows: Rows) => Rows): Definition => ({
  ...definition,
  connector: {
    ...definition.connector,
    to: definition.connector.to.map((one) =>
      one.target === target ? { ...one, attributes: change(one.attributes) } : one,
    ),
  },
});

/** A row that says nothing yet, of the kind the target has. */
export const newRow = (
  rules: { readonly userProperty: object | null; readonly fields: object } | undefined,
): AttributeRow => ({
  ...(rules?.userProperty === null ? { field: Object.keys(rules.fields)[0] ?? '' } : { userProperty: '' }),
  from: '',
  ...rowDefaults,
});
