import type { CallKind } from '../call.ts';
import type { FailureKind } from '../failure.ts';
import type { ReadProof } from '../people/read-proof.ts';
import type { GuardVerdict } from '../plan/guard.ts';
import type { KeptCount } from './kept.ts';
import type { LeaverCounts } from './leaver-counts.ts';
import { type Outcome, type Tally, tallied } from './outcome.ts';
import type { ParityCount } from './parity.ts';

/** How a run reads its source: everything, what changed since the watermark, or everything with targets read too. */
export const runModes = ['full', 'delta', 'verify'] as const;
export type RunMode = (typeof runModes)[number];

/** Whether a run may write, or ends as soon as its plan is stored. */
export const runIntents = ['apply', 'plan'] as const;
export type RunIntent = (typeof runIntents)[number];

/** The states of a run; all but `running` and `approved` (waits for its connector) are final, but a held plan may be approved. */
export const runStatuses = [
  'running',
  'approved',
  'done',
  'doneWithFailures',
  'planned',
  'awaitingApproval',
  'superseded',
  'skipped',
  'rejected',
  'cancelled',
  'failed',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** HTTP requests sent, by what they were for. */
export type CallCounts = Readonly<Record<CallKind, number>>;

/** What a run did at one target. `set` and `cleared` count the attribute values written, or planned in a plan. */
export type TargetReport = Tally & {
  readonly changes: { readonly set: number; readonly cleared: number };
  readonly adopted: number;
  readonly calls: CallCounts;
  /** What rows could not give as the directory has it, by attribute and reason. */
  readonly kept: readonly KeptCount[];
  /** Why people were not written who should have been, those that need somebody first. */
  readonly reasons: readonly ReasonCount[];
  /** How the accounts compare with the directory that were read for the first time, or all that a `verify` run read. */
  readonly parity: readonly ParityCount[];
  /** Who has left; null where the run could not tell, because its read does not prove who is gone. */
  readonly leavers: LeaverCounts | null;
};

/** How many people ended for one reason; `said` is what was said of it most often, a sentence without values. */
export type ReasonCount = {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly said: string | null;
  readonly people: number;
};

/** Who decided over a plan, when (ISO 8601), why, and which parts of it were not let through. */
export type RunDecision = {
  readonly decision: 'approved' | 'rejected';
  readonly by: string;
  readonly at: string;
  readonly comment: string | null;
  readonly without: readonly { readonly target?: string; readonly attribute?: string }[];
};

/** What approving a held or dry plan would write, and to how many different people. */
export type Forecast = { readonly people: number; readonly set: number; readonly cleared: number };

/** What a run did, as printed by the CLI and answered by the API. It holds counts and reasons, never a value. */
export type Report = {
  readonly run: string;
  readonly connector: string;
  readonly mode: RunMode;
  readonly intent: RunIntent;
  readonly status: RunStatus;
  readonly read: {
    readonly users: number;
    readonly pages: number;
    readonly complete: boolean;
    /** What the read proves; only `everybody` lets anybody count as gone. */
    readonly proof: ReadProof;
    readonly calls: CallCounts;
  };
  readonly targets: Readonly<Record<string, TargetReport>>;
  readonly guard: GuardVerdict | null;
  /** The run whose plan this one's was taken out of by the guard; the run that holds what was taken out of this one. */
  readonly heldFrom: string | null;
  readonly holds: string | null;
  /** The run whose failed and skipped people this one tried again. */
  readonly retryOf: string | null;
  /** The last decision over its plan; null where nobody decided. */
  readonly decision: RunDecision | null;
  readonly failures: { readonly new: number; readonly known: number };
  readonly forecast: Forecast | null;
  readonly failure: { readonly kind: FailureKind; readonly message: string } | null;
  /** What an admin should see to before it becomes a failure. */
  readonly warnings: readonly string[];
  /** Time worked; the time a plan waited for its decision is counted apart. */
  readonly durationMs: number;
  readonly waitedMs: number;
};

/**
 * The report's self-check: one sentence for each target whose outcomes do not add up to the users read and the leavers
 * cleared who were not among them.
 */
export const unaccounted = (report: Report): readonly string[] => {
  // Whose plan was taken out of another run was read by that one.
  if (report.heldFrom !== null) return [];
  return Object.entries(report.targets).flatMap(([id, target]) => {
    const unread = target.leavers?.unread ?? 0;
    if (tallied(target) === report.read.users + unread) return [];
    const more = unread === 0 ? '' : ` and ${unread} leavers in addition`;
    return [`${id}: ${report.read.users} users read${more}, ${tallied(target)} accounted for`];
  });
};

/** No requests at all. */
export const noCalls: CallCounts = { login: 0, listing: 0, read: 0, write: 0 };
