import type { z } from 'zod';
import type { ConnectorCheckWire } from '../../../src/api/schemas/connectors.ts';
import type { TargetListWire, TargetWire } from '../../../src/api/schemas/targets.ts';
import { get, post } from './ask.ts';

export type Target = TargetWire;
export type TargetList = TargetListWire;
export type Checked = z.infer<typeof ConnectorCheckWire>;
export type CheckedLine = Checked['source'][number];

/** All targets of all connectors. */
export const listTargets = (): Promise<TargetList> => get('/api/targets');

/** One target. */
export const getTarget = (id: string): Promise<Target> => get(`/api/targets/${encodeURIComponent(id)}`);

/** Looks at each thing a run of the connector needs; with a trial also writes to that account and puts it back. */
export const checkConnection = (
  connector: string,
  trial: { account: string; target: string } | null,
): Promise<Checked> =>
  post(`/api/connectors/${encodeURIComponent(connector)}/check`, trial === null ? {} : { writeTest: trial });
