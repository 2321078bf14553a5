import type { z } from 'zod';
import type {
  ChangePageWire,
  OutcomePageWire,
  RunListWire,
  RunSummaryWire,
  RunWire,
  StartedWire,
} from '../../../src/api/schemas/runs.ts';
import { get, post, query } from './ask.ts';

export type RunSummary = RunSummaryWire;
export type Run = RunWire;
export type RunPage = z.infer<typeof RunListWire>;
export type Started = z.infer<typeof StartedWire>;
export type ChangePage = ChangePageWire;
export type OutcomePage = OutcomePageWire;

/** The newest runs. */
export const listRuns = (filter: { connector?: string; limit?: number }): Promise<RunPage> =>
  get(`/api/runs${query(filter)}`);

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

/** Applies a held plan. */
export const approveRun = (id: string): Promise<Started> => post(`/api/runs/${encodeURIComponent(id)}/approve`);

/** Turns a held plan down. */
export const rejectRun = (id: string): Promise<RunSummary> => post(`/api/runs/${encodeURIComponent(id)}/reject`);

/** The changes of a run with their values; the look is recorded. */
export const listChanges = (
  id: string,
  filter: { target?: string; cursor?: string; limit?: number },
): Promise<ChangePage> => get(`/api/runs/${encodeURIComponent(id)}/changes${query(filter)}`);

/** How each person of a run ended. */
export const listOutcomes = (
  id: string,
  filter: { target?: string; outcome?: string; cursor?: string; limit?: number },
): Promise<OutcomePage> => get(`/api/runs/${encodeURIComponent(id)}/outcomes${query(filter)}`);
