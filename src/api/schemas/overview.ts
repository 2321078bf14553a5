import { z } from 'zod';
import type { Health } from '../../core/health.ts';
import { RunSummaryWire } from './runs.ts';

/**
 * How a connector is, why, and what can be done about it.
 *
 * @public named by the description of the API
 */
export const ConnectorHealthWire: z.ZodType<Health> = z.object({
  state: z.enum(['ok', 'warning', 'critical', 'unknown']),
  since: z.iso.datetime().nullable(),
  reasons: z.array(
    z.object({
      code: z.enum([
        'neverRun',
        'failing',
        'held',
        'plannedOnly',
        'stale',
        'failedPeople',
        'warned',
        'paused',
        'notSet',
        'inTune',
      ]),
      text: z.string(),
      remedy: z.string().nullable(),
      run: z.string().nullable(),
    }),
  ),
});

/** All connectors at a glance: what waits for a decision, how each is, its last runs of everybody, and its next time. */
export const OverviewWire = z.object({
  held: z.array(RunSummaryWire),
  connectors: z.array(
    z.object({
      id: z.string(),
      source: z.string(),
      targets: z.array(z.string()),
      managedBy: z.enum(['file', 'api']),
      version: z.int(),
      health: ConnectorHealthWire,
      next: z.iso.datetime().nullable(),
      /** How many people its last run of everybody read. */
      people: z.int().nonnegative().nullable(),
      runs: z.array(RunSummaryWire),
    }),
  ),
});
export type OverviewWire = z.infer<typeof OverviewWire>;
