import { z } from 'zod';
import type { Health } from '../../core/report/health.ts';
import { RunSummaryWire } from './runs.ts';
import { ScheduleWire } from './schedules.ts';

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
      schedules: z.array(ScheduleWire),
      /** When a run of everybody that may write last came to its end; null where the runs shown hold none. */
      lastDone: z.iso.datetime().nullable(),
      /** How many people its last run of everybody read. */
      people: z.int().nonnegative().nullable(),
      runs: z.array(RunSummaryWire),
    }),
  ),
});
export type OverviewWire = z.infer<typeof OverviewWire>;

const Filled = { people: z.int().nonnegative(), withValue: z.int().nonnegative() };

/**
 * How far the attributes of each target are filled, by the last run that read everybody: of the people mapped at the
 * target, how many got a value. `history` goes back a week, oldest first; `fell` is the run by which an attribute had lost
 * more than one in twenty of its values since the first of them. Null before such a run.
 */
export const CoverageWire = z.object({
  last: z.object({ run: z.string(), at: z.iso.datetime() }).nullable(),
  attributes: z.array(
    z.object({
      target: z.string(),
      attribute: z.string(),
      ...Filled,
      empty: z.int().nonnegative(),
      tooLong: z.int().nonnegative(),
      /** People whom the mapping failed for at this target; they are not among `people`. */
      failed: z.int().nonnegative(),
      history: z.array(z.object({ run: z.string(), at: z.iso.datetime(), ...Filled })),
      fell: z.object({ run: z.string(), at: z.iso.datetime() }).nullable(),
    }),
  ),
});
export type CoverageWire = z.infer<typeof CoverageWire>;
