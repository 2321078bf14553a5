import type { HealthWire } from '../../../src/api/schemas/health.ts';
import type { CoverageWire, OverviewWire } from '../../../src/api/schemas/overview.ts';
import { get } from './ask.ts';

export type Overview = OverviewWire;
export type ConnectorAtAGlance = OverviewWire['connectors'][number];
export type Installation = HealthWire;
export type Coverage = CoverageWire;

/** All connectors at a glance. */
export const getOverview = (): Promise<Overview> => get('/api/overview');

/** How far the attributes of a connector's targets are filled. */
export const getCoverage = (connector: string): Promise<Coverage> =>
  get(`/api/connectors/${encodeURIComponent(connector)}/coverage`);

/** How the installation is. */
export const getInstallation = (): Promise<Installation> => get('/api/health');
