import type { HealthWire } from '../../../src/api/schemas/health.ts';
import type { OverviewWire } from '../../../src/api/schemas/overview.ts';
import { get } from './ask.ts';

export type Overview = OverviewWire;
export type ConnectorAtAGlance = OverviewWire['connectors'][number];
export type Installation = HealthWire;

/** All connectors at a glance. */
export const getOverview = (): Promise<Overview> => get('/api/overview');

/** How the installation is. */
export const getInstallation = (): Promise<Installation> => get('/api/health');
