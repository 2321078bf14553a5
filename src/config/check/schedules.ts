import { disturbedTimes } from '../../core/schedules/clock-changes.ts';
import { type Cron, everComes, isCron, parseCron } from '../../core/schedules/cron.ts';
import { scheduleName } from '../../core/schedules/schedule.ts';
import { isTimeZone, zoneMeant } from '../../core/schedules/time-zones.ts';
import { doubtful, type Finding, type Place, wrong } from '../problem.ts';
import { scheduleSchema } from '../schema/schedule.ts';

/**
 * Checks schedules against the rules of the scheduler that runs them. The rules are here and not in the schema, because
 * the schema also reads stored versions: what an earlier release accepted must not prevent a connector from being
 * opened.
 */
export const checkSchedules = (written: readonly unknown[], place: Place, now: number): Finding[] => {
  const schedules = written.map((one) => scheduleSchema.safeParse(one).data ?? null);
  const names = schedules.map((entry) => (entry === null ? null : scheduleName(entry)));
  return schedules.flatMap((entry, index): Finding[] => {
    if (entry === null) return [];
    const at = [...place, 'schedules', index];
    if (names.indexOf(scheduleName(entry)) < index) {
      return [wrong(at, 'This schedule is already listed above.', 'Remove one of the two.')];
    }
    return 'cron' in entry ? checkCron(entry, at, now) : [];
  });
};

const checkCron = (entry: { readonly cron: string; readonly timeZone: string }, at: Place, now: number): Finding[] => {
  const zone = isTimeZone(entry.timeZone) ? [] : [unknownZone(entry.timeZone, [...at, 'timeZone'])];
  const cron = parseCron(entry.cron);
  if (!isCron(cron)) return [...zone, wrong([...at, 'cron'], cron.message, cron.remedy)];
  if (!everComes(cron)) {
    const message = 'This never runs: none of these months has such a day.';
    return [...zone, wrong([...at, 'cron'], message, 'Correct the day (third part) or the month (fourth part).')];
  }
  return [...zone, ...bothDays(cron, [...at, 'cron']), ...(zone.length > 0 ? [] : clockDoubts(cron, entry, at, now))];
};

const unknownZone = (zone: string, at: Place): Finding => {
  const meant = zoneMeant(zone);
  const remedy =
    meant === null
      ? 'Name a time zone such as Europe/Berlin, or UTC; an offset does not follow daylight saving time.'
      : `Did you mean ${meant}?`;
  return wrong(at, `${zone === '' ? 'An empty name' : zone} is not a time zone that the scheduler knows.`, remedy);
};

/** In other schedulers one of the two days is enough; this one requires both. */
const bothDays = ({ days, weekdays }: Cron, at: Place): Finding[] => {
  if (days.size === 31 || weekdays.size === 7) return [];
  const message =
    'Both the day of the month and the day of the week must match, so this runs on fewer days than either alone.';
  return [doubtful(at, message, 'If one of them is enough, write two schedules.')];
};

const clockDoubts = (cron: Cron, { timeZone }: { readonly timeZone: string }, at: Place, now: number): Finding[] => {
  const texts = disturbedTimes(cron, timeZone, now).map(({ when, happens }) =>
    happens === 'never' ? `no run begins at ${when}` : `two runs begin at ${when}`,
  );
  if (texts.length === 0) return [];
  const message = `Clocks in ${timeZone} change at this hour: ${texts.join(', and ')}.`;
  return [doubtful([...at, 'cron'], message, 'Choose another hour, such as "0 4 * * *", or `timeZone: UTC`.')];
};
