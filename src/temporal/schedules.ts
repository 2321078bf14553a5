import {
  type Client,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
  ServiceError,
} from '@temporalio/client';
import { z } from 'zod';
import {
  type ScheduleEntry,
  type ScheduleProblem,
  scheduledWorkflowId,
  scheduleId,
  schedulePrefix,
  spanMs,
} from '../core/schedules/schedule.ts';
import { pausedByPosition } from './positional-schedules.ts';

/** A connector with all its schedules; null leaves those it has as they are, for its definition cannot be read. */
export type ScheduledConnector = { readonly id: string; readonly schedules: readonly ScheduleEntry[] | null };

/** A run missed by less than this is made up for; after a longer outage the next regular one does. */
const catchupWindow = '10m';

/** Spreads the starts of several connectors of one minute. */
const jitter = '30s';

/**
 * Makes Temporal's schedules those of the documents: new ones are created, changed ones updated, and those of entries
 * that are gone removed; a pause stays with its schedule. One that Temporal refuses is left out and told, so that it
 * never stops the others. A run that would overlap its predecessor of the same schedule is skipped.
 */
export const reconcileSchedules = async (
  client: Client,
  connectors: readonly ScheduledConnector[],
  queue: string,
): Promise<readonly ScheduleProblem[]> => {
  const wanted = connectors.flatMap(({ id, schedules }) =>
    (schedules ?? []).map((entry) => ({ connector: id, entry, schedule: scheduleId(id, entry) })),
  );
  const ids = new Set(wanted.map(({ schedule }) => schedule));
  const untouched = connectors.filter(({ schedules }) => schedules === null).map(({ id }) => `${schedulePrefix}${id}/`);
  const present: string[] = [];
  for await (const { scheduleId: id } of client.schedule.list()) if (id.startsWith(schedulePrefix)) present.push(id);
  const stale = present.filter((id) => !ids.has(id) && !untouched.some((prefix) => id.startsWith(prefix)));
  const paused = await pausedByPosition(client, stale, wanted);
  const problems: ScheduleProblem[] = [];
  for (const { connector, entry, schedule } of wanted) {
    try {
      await setSchedule(client, schedule, optionsOf(connector, entry, queue), paused.get(schedule) ?? null);
    } catch (error) {
      problems.push({ connector, schedule, message: refusalOf(error) });
    }
  }
  for (const id of stale) await client.schedule.getHandle(id).delete().catch(unlessGone);
  return problems;
};

const setSchedule = async (client: Client, id: string, options: Options, pause: string | null): Promise<void> => {
  try {
    await client.schedule.getHandle(id).update(({ state, spec: { startAt } }) => ({
      ...options,
      // Paused until then.
      spec: startAt === undefined ? options.spec : { ...options.spec, startAt },
      state: { paused: state.paused, ...(state.note === undefined ? {} : { note: state.note }) },
    }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    const state = pause === null ? {} : { state: { paused: true, note: pause } };
    await client.schedule.create({ scheduleId: id, ...options, ...state });
  }
};

const unlessGone = (error: unknown): void => {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
};

const details = z.looseObject({ details: z.string().min(1) });

/** Temporal's own words, which are about the schedule alone (the client wraps some as TypeError); of others the name. */
const refusalOf = (error: unknown): string => {
  const said = details.safeParse(error instanceof ServiceError ? error.cause : null);
  if (said.success) return `Temporal refuses it: ${said.data.details}.`;
  if (error instanceof TypeError) return `Temporal refuses it: ${error.message}.`;
  return `it could not be set (${error instanceof Error ? error.name : typeof error}).`;
};

type Options = Pick<ScheduleOptions, 'spec' | 'policies'> & {
  readonly action: Extract<ScheduleOptions['action'], { type: 'startWorkflow' }>;
};

const optionsOf = (connector: string, entry: ScheduleEntry, queue: string): Options => ({
  spec:
    'cron' in entry
      ? { cronExpressions: [entry.cron], timezone: entry.timeZone, jitter }
      : { intervals: [{ every: spanMs(entry.every) }], jitter },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
  action: {
    type: 'startWorkflow',
    workflowType: 'fullSync',
    args: [{ connector, mode: entry.mode, intent: 'apply' }],
    taskQueue: queue,
    workflowId: scheduledWorkflowId(connector, entry),
    staticSummary: `${entry.mode} run of ${connector}, by schedule`,
  },
});
