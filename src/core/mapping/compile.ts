import { present, TooLarge } from '../expression/present.ts';
import { Failure } from '../failure.ts';
import type { AttributeId, TargetAttributes } from '../profile.ts';
import { compileTarget } from './compile-target.ts';
import type { CompiledMapping, MappingStep, Memory, TargetEvaluation, TellStep } from './mapping.ts';
import { compileScope } from './scope.ts';
import type { MappingSettings } from './settings.ts';
import { type WorkedOut, workOut } from './worked-out.ts';

/** The attribute that groups come as; it is no attribute of the directory and so never part of the selection. */
const groups = 'groups';

const isGroups = (path: string): boolean => path === groups || path.startsWith(`${groups}.`);

/** Compiles a connector's mapping once; throws `config` for what validation would have refused. */
export const compileMapping = (
  settings: MappingSettings,
  { attributes }: { readonly attributes: ReadonlyMap<string, TargetAttributes> },
): CompiledMapping => {
  const scope = compileScope(settings.scope, 'the connector');
  const targets = settings.to.map((to) => {
    const rules = attributes.get(to.target);
    if (rules === undefined) {
      throw new Failure('config', `The connector writes to ${to.target}, which is not among the targets.`, {
        remedy: 'Define the target under `targets`.',
      });
    }
    return compileTarget(to, rules);
  });
  const reads = [...scope.reads, ...targets.flatMap((target) => target.reads)];
  const all = (ending: TargetEvaluation) => new Map(targets.map((target) => [target.id, ending]));
  const conclude = (
    values: WorkedOut,
    tell?: TellStep,
    decided?: Memory['decided'],
  ): ReadonlyMap<string, TargetEvaluation> => {
    const outside = scope.judge(values);
    tell?.({ target: null, step: 'scope', holds: outside === null });
    if (outside !== null) return all(outside);
    return new Map(targets.map((target) => [target.id, target.evaluate(values, tell, decided)]));
  };
  const evaluate: CompiledMapping['evaluate'] = async (user, tell, memory) => {
    let values: WorkedOut;
    try {
      values = memory?.values ?? workOut(present(user.attributes));
      if (memory !== undefined) memory.values = values;
    } catch (error) {
      if (error instanceof TooLarge)
        return all({ kind: 'failed', reason: 'mappingFailed', facts: { said: `the person: ${error.message}` } });
      throw error;
    }
    for (;;) {
      const steps: MappingStep[] = [];
      const results = conclude(values, tell && ((step) => steps.push(step)), memory?.decided);
      if (values.isMissing()) {
        await values.settle();
        continue;
      }
      if (tell !== undefined) for (const step of steps) tell(step);
      return results;
    }
  };
  return {
    selection: [...new Set(reads)].filter((path) => !isGroups(path)).sort(),
    reads: {
      scope: [...scope.reads, ...targets.flatMap(({ scopeReads }) => scopeReads)],
      attributes: new Map(targets.map((target) => [target.id, target.rowReads])),
    },
    readsGroups: reads.some(isGroups),
    attributes: new Map<string, readonly AttributeId[]>(targets.map((target) => [target.id, target.attributes])),
    matchRules: new Map(settings.to.map((to) => [to.target, JSON.stringify(to.match)])),
    evaluate,
  };
};
