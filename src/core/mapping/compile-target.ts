import { Failure } from '../failure.ts';
import type { MatchStep } from '../match.ts';
import type { AttributeId, Desired, TargetAttributes } from '../profile.ts';
import type { Json } from '../values.ts';
import type { TargetEvaluation } from './mapping.ts';
import { compileMatch } from './match.ts';
import { attributeOf, type CompiledRow, compileRow, type RowResult, ruleOf } from './row.ts';
import { compileScope, failed } from './scope.ts';
import type { TargetMapping } from './settings.ts';

/** A connector's mapping to one target, ready to run. */
export type CompiledTarget = {
  readonly id: string;
  readonly reads: readonly string[];
  readonly attributes: readonly AttributeId[];
  readonly evaluate: (person: Json | undefined) => Promise<TargetEvaluation>;
};

/** Compiles what a connector writes to one target. */
export const compileTarget = (to: TargetMapping, rules: TargetAttributes): CompiledTarget => {
  const scope = compileScope(to.scope, to.target);
  const match = to.match.map(compileMatch);
  const rows = new Map<AttributeId, CompiledRow[]>();
  for (const row of to.attributes) {
    const attribute = attributeOf(row);
    const rule = ruleOf(row, rules);
    if (rule === null) {
      throw new Failure('config', `${to.target} has no attribute ${attribute}.`, { remedy: 'Remove its row.' });
    }
    rows.set(attribute, [...(rows.get(attribute) ?? []), compileRow(row, rule)]);
  }

  const evaluate = async (person: Json | undefined): Promise<TargetEvaluation> => {
    const outside = await scope.judge(person);
    if (outside !== null) return outside;
    try {
      const steps: MatchStep[] = [];
      for (const step of match) {
        const found = await step.find(person);
        if (found.values.length > 0) steps.push(found);
      }
      const desired = new Map<AttributeId, Desired>();
      for (const [attribute, choices] of rows) {
        const { decision, why } = await firstThatApplies(choices, person);
        if (decision === 'skipUser') return { kind: 'skipped', reason: `${attribute}: ${why}` };
        desired.set(attribute, decision);
      }
      return { kind: 'mapped', desired, match: steps };
    } catch (error) {
      return failed(to.target, error);
    }
  };

  const all = [...rows.values()].flat();
  const reads = [...scope.reads, ...match.flatMap((step) => step.reads), ...all.flatMap((row) => row.reads)];
  return { id: to.target, reads, attributes: [...rows.keys()], evaluate };
};

/** The rows of one attribute, top down; where none applies the last one says what becomes of an empty value. */
const firstThatApplies = async (rows: readonly CompiledRow[], person: Json | undefined): Promise<RowResult> => {
  for (const row of rows) if (await row.applies(person)) return row.decide(person);
  return rows.at(-1)?.empty ?? { decision: { do: 'keep' }, why: 'no row' };
};
