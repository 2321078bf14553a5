import { holds } from '../expression/texts.ts';
import type { TargetEvaluation } from './mapping.ts';
import type { ExpressionText } from './settings.ts';
import { compileSafe, MappingError } from './value-from.ts';
import type { WorkedOut } from './worked-out.ts';

/** A scope, ready to run: null lets the person through, anything else is how the person ends. */
export type Scope = {
  readonly reads: readonly string[];
  readonly judge: (values: WorkedOut) => TargetEvaluation | null;
};

/** Compiles a scope; `whose` names it in reasons. */
export const compileScope = (text: ExpressionText | undefined, whose: string): Scope => {
  if (text === undefined) return { reads: [], judge: () => null };
  const { reads, run } = compileSafe(text);
  return {
    reads,
    judge: (values) => {
      try {
        return holds(run(values)) ? null : { kind: 'outOfScope', reason: 'outOfScope', facts: { scope: whose } };
      } catch (error) {
        return failed(`scope of ${whose}`, error);
      }
    },
  };
};

/** How a person ends whose mapping cannot be worked out. */
export const failed = (where: string, error: unknown): TargetEvaluation => ({
  kind: 'failed',
  reason: 'mappingFailed',
  facts: { said: `${where}: ${error instanceof MappingError ? error.message : 'it cannot be evaluated'}` },
});
