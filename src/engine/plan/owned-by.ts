import type { AttributeId } from '../../core/profile.ts';
import type { ReasonFacts } from '../../core/report/reasons.ts';

/** The facts of a reason about attributes that other connectors own and this one maps too. */
export const keptFactsOf = (kept: ReadonlyMap<AttributeId, string>): ReasonFacts => ({
  connector: [...new Set(kept.values())].join(', '),
  attributes: [...kept.keys()],
});
