import cronstrue from 'cronstrue';
import type { ScheduleEntry, ScheduleState } from '../core/schedules/schedule.ts';
import type { ScheduleWire } from './schemas/schedules.ts';

/** A schedule as it leaves the API. */
export const scheduleView = (entry: ScheduleEntry, state: ScheduleState): ScheduleWire => ({
  ...state,
  next: [...state.next],
  text: scheduleText(entry),
  mode: entry.mode,
  timeZone: 'cron' in entry ? entry.timeZone : null,
});

const units: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day' };

/** When a schedule runs, in words. */
const scheduleText = (entry: ScheduleEntry): string => {
  if ('cron' in entry) {
    return cronstrue.toString(entry.cron, { use24HourTimeFormat: true, throwExceptionOnParseError: false });
  }
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(entry.every) ?? [];
  return count === '1' ? `Every ${units[unit] ?? unit}` : `Every ${count} ${units[unit] ?? unit}s`;
};
