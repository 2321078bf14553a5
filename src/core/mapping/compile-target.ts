import { Failure } from '../failure.ts';
import type { MatchStep } from '../people/match.ts';
import type { AttributeId, Desired, TargetAttributes } from '../profile.ts';
import type { KeptValue } from '../report/kept.ts';
import type { Decided, Memory, RowResult, TargetEvaluation, TellStep } from './mapping.ts';
import { compileMatch } from './match.ts';
import { recall } from './memory.ts';
import { attributeOf, type CompiledRow, compileRow, type RowTrace, ruleOf } from './row.ts';
import { compileScope, failed } from './scope.ts';
import type { TargetMapping } from './settings.ts';
import type { WorkedOut } from './worked-out.ts';

/** A connector's mapping to one target, ready to run. */
export type CompiledTarget = {
  readonly id: string;
  readonly reads: readonly string[];
  readonly scopeReads: readonly string[];
  readonly rowReads: ReadonlyMap<AttributeId, readonly string[]>;
  readonly attributes: readonly AttributeId[];
  readonly evaluate: (values: WorkedOut, tell?: TellStep, decided?: Memory['decided']) => TargetEvaluation;
};

/** Compiles what a connector writes to one target. */
export const compileTarget = (to: TargetMapping, rules: TargetAttributes): CompiledTarget => {
  const scope = compileScope(to.scope, to.target);
  const match = to.match.map(compileMatch);
  const rows = new Map<AttributeId, NumberedRow[]>();
  for (const [index, row] of to.attributes.entries()) {
    const attribute = attributeOf(row);
    const rule = ruleOf(row, rules);
    if (rule === null) {
      throw new Failure('config', `${to.target} has no attribute ${attribute}.`, { remedy: 'Remove its row.' });
    }
    rows.set(attribute, [...(rows.get(attribute) ?? []), { ...compileRow(row, rule), index }]);
  }

  /** Texts of rows, made when one is first compared: a run never asks for them, and a table can be long. */
  const texts = new Map<AttributeId, string>();
  const textOf = (attribute: AttributeId, choices: readonly NumberedRow[]): string => {
    const text = texts.get(attribute) ?? JSON.stringify(choices.map(({ index }) => [index, to.attributes[index]]));
    texts.set(attribute, text);
    return text;
  };
  const decide = (
    [attribute, choices]: readonly [AttributeId, readonly NumberedRow[]],
    values: WorkedOut,
    tell?: TellStep,
    decided?: Memory['decided'],
  ): Decided['result'] => {
    const named =
      (listen: TellStep): TellRow =>
      (row, told) =>
        listen({ target: to.target, step: 'row', row, attribute, ...told });
    if (decided === undefined) return firstThatApplies(choices, values, tell && named(tell));
    const about = { key: `${to.target} ${attribute}`, rows: textOf(attribute, choices), values };
    return recall(decided, about, (listen) => firstThatApplies(choices, values, named(listen)), tell);
  };

  const evaluate: CompiledTarget['evaluate'] = (values, tell, decided) => {
    const outside = scope.judge(values);
    tell?.({ target: to.target, step: 'scope', holds: outside === null });
    if (outside !== null) return outside;
    try {
      const steps: MatchStep[] = [];
      for (const step of match) {
        const found = step.find(values);
        tell?.({ target: to.target, step: 'match', ...found });
        if (found.values.length > 0) steps.push(found);
      }
      const desired = new Map<AttributeId, Desired>();
      const decidedBy = new Map<AttributeId, number>();
      const kept: KeptValue[] = [];
      for (const some of rows) {
        const [attribute] = some;
        const result = decide(some, values, tell, decided);
        const { decision, why, row } = result;
        if (decision === 'skipUser')
          return { kind: 'skipped', reason: 'skippedByMapping', facts: { attributes: [attribute], said: why } };
        desired.set(attribute, decision);
        for (const one of result.kept ?? []) kept.push({ attribute, ...one });
        if (row !== null) decidedBy.set(attribute, row);
      }
      return { kind: 'mapped', desired, rows: decidedBy, match: steps, kept };
    } catch (error) {
      return failed(to.target, error);
    }
  };

  const all = [...rows.values()].flat();
  const reads = [...scope.reads, ...match.flatMap((step) => step.reads), ...all.flatMap((row) => row.reads)];
  const rowReads = new Map([...rows].map(([attribute, some]) => [attribute, some.flatMap((row) => row.reads)]));
  return { id: to.target, reads, scopeReads: scope.reads, rowReads, attributes: [...rows.keys()], evaluate };
};

/** A row with its place among the target's rows. */
type NumberedRow = CompiledRow & { readonly index: number };

type TellRow = (row: number, told: RowTrace & (RowResult | { readonly decision: null; readonly why: string })) => void;

const nothing: RowTrace = { found: [], transformed: [] };

/** The rows of one attribute, top down; where none applies the last one says what becomes of an empty value. */
const firstThatApplies = (
  rows: readonly NumberedRow[],
  values: WorkedOut,
  tell: TellRow | undefined,
): Decided['result'] => {
  for (const row of rows) {
    if (row.applies(values)) {
      let trace = nothing;
      const listen = (seen: RowTrace): void => {
        trace = seen;
      };
      const result = row.decide(values, tell && listen);
      const { decision, why } = result;
      tell?.(row.index, { ...trace, decision, why });
      return { ...result, row: row.index };
    }
    tell?.(row.index, { ...nothing, decision: null, why: '`when` does not hold' });
  }
  const last = rows.at(-1);
  if (last === undefined) return { decision: { do: 'keep' }, why: 'no row', row: null };
  const { decision, why } = last.empty;
  tell?.(last.index, { ...nothing, decision, why });
  return { ...last.empty, row: last.index };
};
