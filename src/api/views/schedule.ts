import cronstrue from 'cronstrue';
import { type ScheduleEntry, type ScheduleState, scheduleName } from '../../core/schedules/schedule.ts';
import type { ScheduleWire } from '../schemas/schedules.ts';

/** The schedules of a connector as they leave the API, those whose state is known, in the document's order. */
export const scheduleViews = (
  entries: readonly ScheduleEntry[],
  states: readonly ScheduleState[],
): readonly ScheduleWire[] => {
  const byName = new Map(states.map((state) => [state.name, state]));
  return entries.flatMap((entry) => {
    const state = byName.get(scheduleName(entry));
    return state === undefined ? [] : [scheduleView(entry, state)];
  });
};

const scheduleView = (entry: ScheduleEntry, state: ScheduleState): ScheduleWire => ({
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
