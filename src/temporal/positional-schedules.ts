import { isDeepStrictEqual } from 'node:util';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { z } from 'zod';
import { isCron, parseCron } from '../core/schedules/cron.ts';
import { type ScheduleEntry, spanMs } from '../core/schedules/schedule.ts';

type Wanted = { readonly connector: string; readonly schedule: string; readonly entry: ScheduleEntry };

/**
 * The pauses of schedules that were named by their place in the document (`attune/acme/0`), by the ids they have now.
 * Each is found again by what it is, so that the pause cannot move to another one.
 */
export const pausedByPosition = async (
  client: Client,
  stale: readonly string[],
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, string>> => {
  const paused = new Map<string, string>();
  for (const id of stale) {
    const [, connector] = /^attune\/([^/]+)\/\d+$/.exec(id) ?? [];
    if (connector === undefined) continue;
    const description = await client.schedule
      .getHandle(id)
      .describe()
      .catch(() => null);
    if (description === null || !description.state.paused) continue;
    const same = wanted.find((one) => one.connector === connector && isSame(one.entry, description));
    if (same !== undefined) paused.set(same.schedule, description.state.note ?? 'paused before an update');
  }
  return paused;
};

const startsMode = z.tuple([z.looseObject({ mode: z.string() })]);

const isSame = (entry: ScheduleEntry, { spec, action }: ScheduleDescription): boolean => {
  const input = startsMode.safeParse(action.type === 'startWorkflow' ? action.args : null);
  if (!input.success || input.data[0].mode !== entry.mode) return false;
  if (!('cron' in entry)) return spec.intervals?.length === 1 && spec.intervals[0]?.every === spanMs(entry.every);
  const cron = parseCron(entry.cron);
  const [calendar, ...more] = spec.calendars ?? [];
  if (!isCron(cron) || calendar === undefined || more.length > 0) return false;
  const { minute, hour, dayOfMonth, month, dayOfWeek } = calendar;
  const weekdays = numbersOf(dayOfWeek, weekdayNames).map((day) => day % 7);
  return (
    (spec.timezone ?? 'UTC') === entry.timeZone &&
    isDeepStrictEqual(sorted(cron.minutes), sorted(numbersOf(minute))) &&
    isDeepStrictEqual(sorted(cron.hours), sorted(numbersOf(hour))) &&
    isDeepStrictEqual(sorted(cron.days), sorted(numbersOf(dayOfMonth))) &&
    isDeepStrictEqual(sorted(cron.months), sorted(numbersOf(month, monthNames))) &&
    isDeepStrictEqual(sorted(cron.weekdays), sorted(weekdays))
  );
};

const sorted = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

const weekdayNames = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];
const monthNames = [
  ...['', 'JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY'],
  ...['AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'],
];

type Ranges = readonly { readonly start: number | string; readonly end: number | string; readonly step: number }[];

/** The values that ranges of a calendar hold; the client gives months and weekdays by name. */
const numbersOf = (ranges: Ranges, names: readonly string[] = []): number[] => {
  const numberOf = (value: number | string) => (typeof value === 'number' ? value : names.indexOf(value));
  return ranges.flatMap(({ start, end, step }) => {
    const [from, to] = [numberOf(start), numberOf(end)];
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  });
};
