import type { RunStatus } from './report.ts';

/** The phase of a run; the step that people see while it is running. */
export type RunPhase = 'open' | 'read' | 'accounts' | 'plan' | 'judge' | 'apply' | 'close' | 'ended';

/**
 * A party that a run waits for: the source, a target by its id, or the ledger; since when and until when at the latest (ISO
 * 8601; null where nobody has decided that yet), and what it said.
 */
export type WaitingFor = {
  readonly party: string;
  readonly since: string;
  readonly until: string | null;
  readonly said: string;
};

/**
 * How far a running run has come, in counts only. `expected` is the size of the connector's last full run that was
 * carried out or approved, null before there was one. `elapsedMs` was spent working, `waitedMs` on the decision over its plan.
 */
export type RunProgress = {
  readonly run: string;
  readonly connector: string;
  readonly status: RunStatus;
  readonly phase: RunPhase;
  readonly users: { readonly read: number; readonly expected: number | null };
  readonly people: { readonly toPlan: number; readonly planned: number };
  readonly changes: { readonly planned: number; readonly decided: number };
  readonly calls: number;
  readonly elapsedMs: number;
  readonly waitedMs: number;
  readonly waitingFor: readonly WaitingFor[];
};
