import { holds } from '../expression/texts.ts';
import type { AttributeId, Desired, TargetAttributes, ValueRule } from '../profile.ts';
import { clean, isBlank } from './clean.ts';
import { cut, fits } from './fit.ts';
import type { MappingStep, RowResult } from './mapping.ts';
import type { AttributeRow } from './settings.ts';
import { compileTransforms } from './transform.ts';
import { compileFrom, compileSafe, MappingError } from './value-from.ts';
import type { WorkedOut } from './worked-out.ts';

/** What a row saw on the way to its result, for whoever asks. */
export type RowTrace = Pick<Extract<MappingStep, { step: 'row' }>, 'found' | 'transformed'>;

/** One row, ready to run. `applies` is the row's `when`; `tell` is told before anything is decided. */
export type CompiledRow = {
  readonly reads: readonly string[];
  readonly applies: (values: WorkedOut) => boolean;
  readonly decide: (values: WorkedOut, tell?: (trace: RowTrace) => void) => RowResult;
  readonly empty: RowResult;
};

type Names = Pick<AttributeRow, 'field' | 'userProperty'>;

/** The attribute a row writes. */
export const attributeOf = (row: Names): AttributeId =>
  row.field === undefined ? `userProperty:${row.userProperty ?? ''}` : `field:${row.field}`;

/** The rule for the values of an attribute, or null when the target has no such attribute. */
export const ruleOf = (row: Names, attributes: TargetAttributes): ValueRule | null => {
  if (row.field === undefined) return attributes.userProperty?.value ?? null;
  return Object.hasOwn(attributes.fields, row.field) ? (attributes.fields[row.field] ?? null) : null;
};

/** Compiles a row of the mapping under the rule of its target. */
export const compileRow = (row: AttributeRow, rule: ValueRule): CompiledRow => {
  const when = row.when === undefined ? null : compileSafe(row.when);
  const from = compileFrom(row.from);
  const transform = compileTransforms(row.transforms);
  const empty: RowResult = { decision: emptied(row), why: `no value (whenEmpty: ${row.whenEmpty})` };

  const decide = (values: WorkedOut, tell?: (trace: RowTrace) => void): RowResult => {
    const before = from.texts(values).filter((text) => !isBlank(text));
    tell?.({ found: before, transformed: before.map((text) => stepsOf(transform, text)) });
    if (before.length === 0) return empty;
    const after = before.map((text) => transform(text));
    const untranslated = before
      .filter((_, index) => after[index]?.applied === false)
      .map((value) => ({ reason: 'noTransform', value }) as const);
    const fitting = row.whenNoTransformApplies === 'useValue' ? after : after.filter(({ applied }) => applied);
    if (fitting.length === 0) return { ...noTransform(row), kept: untranslated };
    const told = untranslated.length === 0 ? {} : { kept: untranslated };
    const cleaned = fitting.map(({ value }) => clean(value)).filter((value) => !isBlank(value));
    const distinct = [...new Set(cleaned)];
    const value = (row.keepOrder ? distinct : distinct.sort()).join(', ');
    if (value === '') return { ...empty, ...told };
    if (fits(value, rule)) return { ...set(row, value, 'value'), ...told };
    const tooLong = (reason: 'tooLong' | 'cut') => ({ kept: [...untranslated, { reason, value }] });
    if (row.whenTooLong === 'skip') {
      return { decision: { do: 'keep' }, why: 'value too long (whenTooLong: skip)', ...tooLong('tooLong') };
    }
    const short = cut(value, rule);
    return { ...(short === '' ? empty : set(row, short, 'value cut (whenTooLong: truncate)')), ...tooLong('cut') };
  };

  return {
    reads: [...(when?.reads ?? []), ...from.reads, ...(row.uses ?? [])],
    applies: (values) => when === null || named(row, () => holds(when.run(values))),
    decide: (values, tell) => named(row, () => decide(values, tell)),
    empty,
  };
};

const stepsOf = (transform: ReturnType<typeof compileTransforms>, text: string): readonly (string | null)[] => {
  const steps: (string | null)[] = [];
  transform(text, (after) => steps.push(after));
  return steps;
};

const set = (row: AttributeRow, value: string, why: string): RowResult => ({
  decision: { do: 'set', value, overwrite: row.overwrite },
  why,
});

const emptied = ({ whenEmpty }: AttributeRow): Desired =>
  whenEmpty === 'keep' ? { do: 'keep' } : { do: 'clear', whose: whenEmpty === 'clear' ? 'any' : 'ours' };

const noTransform = (row: AttributeRow): RowResult => {
  const why = `no transform applies (whenNoTransformApplies: ${row.whenNoTransformApplies})`;
  if (row.whenNoTransformApplies === 'skipUser') return { decision: 'skipUser', why };
  if (row.whenNoTransformApplies === 'keep') return { decision: { do: 'keep' }, why };
  return { decision: { do: 'clear', whose: row.whenEmpty === 'clear' ? 'any' : 'ours' }, why };
};

const named = <Result>(row: AttributeRow, work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof MappingError ? error.message : 'it cannot be evaluated for this person';
    throw new MappingError(`${attributeOf(row)}: ${reason}`);
  }
};
