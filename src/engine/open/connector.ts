import type { CompiledMapping } from '../../core/mapping/mapping.ts';
import type { LeaverSettings } from '../../core/people/leavers.ts';
import type { GuardSettings } from '../../core/plan/guard.ts';
import type { Rollout } from '../../core/plan/rollout.ts';
import type { WriteHours } from '../../core/plan/write-hours.ts';
import type { IdentitySource } from '../../sources/source.ts';
import type { Target } from '../../targets/target.ts';

/**
 * A target a run writes to, with its load limits: `inFlight` requests at once over all workers, and the hours full runs
 * write in (any, where none are given).
 */
export type OpenTarget = Target & {
  readonly id: string;
  readonly inFlight: number;
  readonly writeHours: WriteHours | null;
};

/** One target within a run; `basis` is the digest of the rules its links are found by. */
export type TargetAtRun = OpenTarget & { readonly basis: Buffer };

/** One version of a connector, opened: all that a batch needs besides the ledger. */
export type OpenConnector = {
  readonly id: string;
  readonly version: number;
  readonly source: IdentitySource;
  readonly targets: ReadonlyMap<string, OpenTarget>;
  readonly mapping: CompiledMapping;
  readonly guard: GuardSettings;
  /** How long a run of everybody waits for a party that is away: the source, a target, the ledger. */
  readonly patienceMs: number;
  /** Whom plans are written for first; everybody at once where it is left out. */
  readonly rollout?: Rollout;
  readonly leavers: LeaverSettings;
};
