import type { z } from 'zod';
import type { ParityWire } from '../../../src/api/schemas/parity.ts';
import type { ChangeKindsWire, PlanWire, ReasonCountsWire } from '../../../src/api/schemas/plans.ts';
import type { ChangePageWire, OutcomePageWire } from '../../../src/api/schemas/run-lists.ts';
import type { RunListWire, RunSummaryWire, RunWire, StartedWire } from '../../../src/api/schemas/runs.ts';
import { ask, get, post, query } from './ask.ts';

export type RunSummary = RunSummaryWire;
export type Run = RunWire;
export type RunPage = z.infer<typeof RunListWire>;
export type Started = z.infer<typeof StartedWire>;
export type ChangePage = ChangePageWire;
export type OutcomePage = OutcomePageWire;
export type ReasonCount = ReasonCountsWire['reasons'][number];
export type Parity = ParityWire;
export type Plan = PlanWire;
export type ChangeKinds = ChangeKindsWire;
/** One attribute of one target, as a part of a plan. */
export type PlanPart = { readonly target: string; readonly attribute: string };

/** Runs, newest first. */
export const listRuns = (filter: {
  connector?: string | undefined;
  status?: readonly string[] | undefined;
  kind?: string | undefined;
  since?: string | undefined;
  cursor?: string | null;
  limit?: number;
}): Promise<RunPage> => get(`/api/runs${query(filter)}`);

/** One run with its report or progress. */
export const getRun = (id: string): Promise<Run> => get(`/api/runs/${encodeURIComponent(id)}`);

/** Starts a run for everybody. */
export const startRun = (
  connector: string,
  mode: 'full' | 'delta' | 'verify',
  intent: 'apply' | 'plan',
): Promise<Started> => post(`/api/connectors/${encodeURIComponent(connector)}/runs`, { mode, intent });

/** Starts a run for one person, by source id, login or mail. */
export const syncPerson = (connector: string, user: string): Promise<Started> =>
  post(`/api/connectors/${encodeURIComponent(connector)}/runs`, { user });

/** Ends a running run. */
export const cancelRun = (id: string): Promise<RunSummary> => post(`/api/runs/${encodeURIComponent(id)}/cancel`);

/** Tries those again whom a run left failed or skipped. */
export const retryRun = (id: string): Promise<Started> => post(`/api/runs/${encodeURIComponent(id)}/retry`);

/** How what a run read at its targets compares with the directory. */
export const getParity = (id: string): Promise<Parity> => get(`/api/runs/${encodeURIComponent(id)}/parity`);

/** The plan of a run: cause, figures, attributes, what has moved on since. */
export const getPlan = (id: string): Promise<Plan> => get(`/api/runs/${encodeURIComponent(id)}/plan`);

/** The kinds of change of one attribute, the commonest first. */
export const changeKinds = (id: string, of: { target: string; attribute: string }): Promise<ChangeKinds> =>
  get(`/api/runs/${encodeURIComponent(id)}/changes/kinds${query({ ...of, limit: 30 })}`);

/** Decides over the plan that was seen, and over no other: all of it or without some attributes, or not at all. */
export const decide = async (
  id: string,
  digest: string,
  decision: 'approve' | 'reject',
  said: { comment?: string; without?: readonly PlanPart[] },
): Promise<void> => {
  await ask('POST', `/api/runs/${encodeURIComponent(id)}/${decision}`, {
    body: said,
    headers: { 'if-match': `"${digest}"` },
  });
};

/** The changes of a run with their values; the look is recorded. */
export const listChanges = (
  id: string,
  filter: { target?: string; attribute?: string; cursor?: string; limit?: number },
): Promise<ChangePage> => get(`/api/runs/${encodeURIComponent(id)}/changes${query(filter)}`);

/** Why people of a run ended as they did, counted. */
export const countReasons = (id: string): Promise<ReasonCountsWire> =>
  get(`/api/runs/${encodeURIComponent(id)}/reasons`);

/** How each person of a run ended. */
export const listOutcomes = (
  id: string,
  filter: { target?: string; outcome?: string; reason?: string; cursor?: string; limit?: number },
): Promise<OutcomePage> => get(`/api/runs/${encodeURIComponent(id)}/outcomes${query(filter)}`);
