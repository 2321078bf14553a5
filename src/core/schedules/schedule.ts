import type { RunMode } from '../report/report.ts';

/** When a connector runs automatically: a cron line in a time zone, or an interval such as `15m`. */
export type ScheduleEntry = { readonly mode: RunMode } & (
  | { readonly cron: string; readonly timeZone: string }
  | { readonly every: string }
);

/** A schedule that could not be set at the scheduler, and why; a null `schedule` stands for all of a connector. */
export type ScheduleProblem = {
  readonly connector: string;
  readonly schedule: string | null;
  readonly message: string;
};

/**
 * The state of a schedule in the scheduler: whether it is set there at all, whether it is paused and with which note,
 * until when (null: until it is resumed), and its next times (ISO 8601), none while it is paused without an end.
 */
export type ScheduleState = {
  readonly name: string;
  readonly isSet: boolean;
  readonly paused: boolean;
  readonly until: string | null;
  readonly note: string | null;
  readonly next: readonly string[];
};

/** What the id of every schedule of ours at the scheduler begins with. */
export const schedulePrefix = 'attune/';

/**
 * A schedule's name among those of its connector: its definition, never its position in the list, so that a paused
 * schedule stays the one that is paused. `full/every-6h`, `full/0_2_*_*_*@Europe/Berlin`.
 */
export const scheduleName = (entry: ScheduleEntry): string =>
  'cron' in entry
    ? `${entry.mode}/${entry.cron.trim().split(/\s+/).join('_')}@${entry.timeZone}`
    : `${entry.mode}/every-${entry.every}`;

/** The id of a connector's schedule at the scheduler. */
export const scheduleId = (connector: string, entry: ScheduleEntry): string =>
  `${schedulePrefix}${connector}/${scheduleName(entry)}`;

/**
 * What the workflow ids of a schedule's runs begin with; the scheduler puts the time each was due behind it. Two
 * schedules due at once must not meet in one id, because the second start would be dropped silently.
 */
export const scheduledWorkflowId = (connector: string, entry: ScheduleEntry): string =>
  `fullSync/${connector}/schedule/${scheduleName(entry)}`;

/** The id of the schedule that a workflow was started by; null for all others. */
export const startedBySchedule = (workflowId: string): string | null => {
  const [, connector, name] = /^fullSync\/([^/]+)\/schedule\/(.+)-\d{4}-\d\d-\d\dT[\d:]+Z$/.exec(workflowId) ?? [];
  return connector === undefined ? null : `${schedulePrefix}${connector}/${name}`;
};

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The length of `15m`, `6h` or `1d` in milliseconds; NaN for a text that is no span. */
export const spanMs = (text: string): number => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return Number(count) * (units[unit ?? ''] ?? Number.NaN);
};
