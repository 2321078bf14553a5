import type { RunIntent, RunMode } from '../core/report.ts';

/** A run that was started, and the workflow that carries it. */
export type Started = { readonly run: string; readonly workflowId: string };

/** How the API starts and ends work; who asked goes with it. The same idempotency key gives the same run. */
export type Starter = {
  readonly startFullSync: (request: {
    connector: string;
    mode: RunMode;
    intent: RunIntent;
    idempotencyKey?: string;
    who: string;
  }) => Promise<Started>;
  readonly startSyncUser: (request: { connector: string; key: string; who: string }) => Promise<Started>;
  readonly startApplyPlan: (request: { run: string; who: string }) => Promise<Started>;
  readonly cancel: (run: string) => Promise<void>;
};

/** Asks a part the program depends on whether it answers; rejects when it does not. */
export type ReadyCheck = () => Promise<unknown>;
