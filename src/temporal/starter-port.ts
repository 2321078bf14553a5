import type { QuestionName } from '../core/questions.ts';
import type { RunIntent, RunMode } from '../core/report/report.ts';
import type { ScheduleEntry, ScheduleState } from '../core/schedules/schedule.ts';

/** A run that was started, and the workflow that carries it. */
export type Started = { readonly run: string; readonly workflowId: string };

/** Whether schedules are paused, until when (null: until they are resumed), and by whom. */
export type Pausing = { readonly paused: boolean; readonly until: Date | null; readonly note: string };

/** How the API looks at schedules, and pauses them. */
export type Schedules = {
  readonly states: (connector: string, entries: readonly ScheduleEntry[]) => Promise<readonly ScheduleState[]>;
  readonly pause: (connector: string, entries: readonly ScheduleEntry[], how: Pausing) => Promise<void>;
};

/** How the API starts and ends work; who asked is passed along. The same idempotency key gives the same run. */
export type Starter = {
  readonly startFullSync: (request: {
    connector: string;
    mode: RunMode;
    intent: RunIntent;
    idempotencyKey?: string;
    /** The run whose failed and skipped people are tried again, and nobody else; then `mode` plays no part. */
    retryOf?: string;
    who: string;
  }) => Promise<Started>;
  readonly startSyncUser: (request: {
    connector: string;
    key: string;
    intent?: RunIntent;
    who: string;
  }) => Promise<Started>;
  /** Starts the workflow that applies an approved plan, or joins the one there is. */
  readonly startApplyPlan: (request: { run: string }) => Promise<Started>;
  /** The source id of a login, mail or id. */
  readonly findUser: (request: { connector: string; key: string }) => Promise<string>;
  /** Asks a worker something about a connector; `about` and the answer may hold values and pass through the ledger. */
  readonly ask: (request: { question: QuestionName; connector: string; about: object }) => Promise<unknown>;
  /** Records that a run is to end and tells its workflow; throws `conflict` for one that is over. */
  readonly cancel: (request: { run: string; who: string }) => Promise<void>;
};
