import { compileMapping } from '../../../src/core/mapping/compile.ts';
import type { TargetEvaluation } from '../../../src/core/mapping/mapping.ts';
import type { AttributeRow, TargetMapping } from '../../../src/core/mapping/settings.ts';
import type { TargetAttributes } from '../../../src/core/profile.ts';
import type { JsonObject } from '../../../src/core/values.ts';

/** A target with one field and free names, both of 20 characters. */
export const rules: TargetAttributes = {
  fields: { phone: { maxLength: 20, unit: 'characters' } },
  userProperty: {
    name: { maxLength: 50, unit: 'characters', pattern: '.+', takes: 'any name' },
    value: { maxLength: 20, unit: 'characters' },
  },
};

/** A row with the document's defaults. */
export const row = (settings: Partial<AttributeRow> & Pick<AttributeRow, 'from'>): AttributeRow => ({
  field: 'phone',
  transforms: [],
  whenNoTransformApplies: 'useValue',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'skip',
  keepOrder: false,
  ...settings,
});

/** The compiled mapping of these rows. */
export const mappingOf = (
  rows: readonly AttributeRow[],
  more: Partial<TargetMapping> & { connectorScope?: string } = {},
) =>
  compileMapping(
    { scope: more.connectorScope, to: [{ target: 't', match: [{ username: 'login' }], ...more, attributes: rows }] },
    { attributes: new Map([['t', rules]]) },
  );

/** How one person ends at the target. */
export const evaluate = async (
  mapping: ReturnType<typeof mappingOf>,
  attributes: JsonObject,
): Promise<TargetEvaluation> => {
  const result = (await mapping.evaluate({ id: '1', attributes })).get('t');
  if (result === undefined) throw new Error('the mapping says nothing of its target');
  return result;
};
