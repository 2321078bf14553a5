import type { GuardSettings } from '../core/guard.ts';
import type { CompiledMapping } from '../core/mapping/mapping.ts';
import type { IdentitySource } from '../sources/source.ts';
import type { Target } from '../targets/target.ts';

/** A target a run writes to, with its load limit: `inFlight` requests at once over all workers. */
export type OpenTarget = { readonly target: Target; readonly inFlight: number };

/** One version of a connector, opened: all that a batch needs besides the ledger. */
export type OpenConnector = {
  readonly id: string;
  readonly version: number;
  readonly source: IdentitySource;
  readonly targets: ReadonlyMap<string, OpenTarget>;
  readonly mapping: CompiledMapping;
  readonly guard: GuardSettings;
};
