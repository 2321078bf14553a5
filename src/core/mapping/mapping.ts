import type { MatchStep } from '../match.ts';
import type { AttributeId, DesiredProfile } from '../profile.ts';
import type { AttributePath, SourceUser } from '../values.ts';

/** What the mapping says of one person at one target. Reasons name rows and paths, never values. */
export type TargetEvaluation =
  | { readonly kind: 'outOfScope'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'mapped'; readonly desired: DesiredProfile; readonly match: readonly MatchStep[] };

/**
 * A connector's mapping, compiled once per run. `evaluate` is total: an expression's error is that target's `failed`,
 * never an exception. Groups a person is in come as the attribute `groups`, a list of the document's group names.
 */
export type CompiledMapping = {
  /** Every source attribute the expressions read, for the provider's own selection. */
  readonly selection: readonly AttributePath[];
  /** The attributes mapped at each target, in the document's order. */
  readonly attributes: ReadonlyMap<string, readonly AttributeId[]>;
  readonly evaluate: (user: SourceUser) => Promise<ReadonlyMap<string, TargetEvaluation>>;
};
