import type { AttributeId } from '../core/profile.ts';
import type { ReasonFacts } from '../core/reasons.ts';

/** What a reason tells of the attributes that other connectors keep and this one maps too. */
export const keptFactsOf = (kept: ReadonlyMap<AttributeId, string>): ReasonFacts => ({
  connector: [...new Set(kept.values())].join(', '),
  attributes: [...kept.keys()],
});
