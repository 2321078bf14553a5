import { type Client, ScheduleNotFoundError, type ScheduleOptions, ScheduleOverlapPolicy } from '@temporalio/client';
import type { RunMode } from '../core/report.ts';

/** When a connector runs by itself: a cron line in a time zone, or an interval such as `15m`. */
export type ScheduleEntry = { readonly mode: RunMode } & (
  | { readonly cron: string; readonly timeZone: string }
  | { readonly every: string }
);

/** A connector with all its schedules. */
export type ScheduledConnector = { readonly id: string; readonly schedules: readonly ScheduleEntry[] };

const prefix = 'attune/';

/** A run missed by less than this is made up for; after a longer outage the next regular one does. */
const catchupWindow = '10m';

/** Spreads the starts of several connectors of one minute. */
const jitter = '30s';

/**
 * Makes Temporal's schedules those of the documents: new ones are created, changed ones updated, and those of entries
 * that are gone removed. A run that would overlap its predecessor is skipped.
 */
export const reconcileSchedules = async (
  client: Client,
  connectors: readonly ScheduledConnector[],
  queue: string,
): Promise<void> => {
  const wanted = new Map<string, Options>(
    connectors.flatMap(({ id, schedules }) =>
      schedules.map((entry, index) => [`${prefix}${id}/${index}`, optionsOf(id, entry, queue)] as const),
    ),
  );
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(prefix) && !wanted.has(scheduleId)) await client.schedule.getHandle(scheduleId).delete();
  }
  for (const [scheduleId, options] of wanted) {
    try {
      await client.schedule.getHandle(scheduleId).update(({ state }) => ({
        ...options,
        state: { paused: state.paused, ...(state.note === undefined ? {} : { note: state.note }) },
      }));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      await client.schedule.create({ scheduleId, ...options });
    }
  }
};

type Options = Pick<ScheduleOptions, 'spec' | 'policies'> & {
  readonly action: Extract<ScheduleOptions['action'], { type: 'startWorkflow' }>;
};

const optionsOf = (connector: string, entry: ScheduleEntry, queue: string): Options => ({
  spec:
    'cron' in entry
      ? { cronExpressions: [entry.cron], timezone: entry.timeZone, jitter }
      : { intervals: [{ every: milliseconds(entry.every) }], jitter },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
  action: {
    type: 'startWorkflow',
    workflowType: 'fullSync',
    args: [{ connector, mode: entry.mode, intent: 'apply' }],
    taskQueue: queue,
    workflowId: `fullSync/${connector}/scheduled`,
    staticSummary: `${entry.mode} run of ${connector}, by schedule`,
  },
});

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The length of `15m`, `6h` or `1d` in milliseconds. */
const milliseconds = (text: string): number => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return Number(count) * (units[unit ?? ''] ?? Number.NaN);
};
