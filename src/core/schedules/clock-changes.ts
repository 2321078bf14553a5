import type { Cron } from './cron.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Changes are looked for so far ahead (two of each kind in zones that have them), in steps no zone changes back within. */
const aheadMs = 2 * 366 * dayMs;
const stepMs = 7 * dayMs;

/** A moment at which the clocks of a zone are set; offsets from UTC in minutes. */
type ClockChange = { readonly at: number; readonly before: number; readonly after: number };

/** A local time of a cron line that a change of clocks leaves out or brings twice, as `02:00 on 2027-03-28`. */
export type Disturbed = { readonly when: string; readonly happens: 'never' | 'twice' };

/**
 * The first times at which a cron line has no run, or two, because clocks are set in its zone; `now` in epoch ms. A
 * line of every hour is not looked at: an hour later it runs again.
 */
export const disturbedTimes = (cron: Cron, zone: string, now: number): readonly Disturbed[] => {
  if (cron.hours.size === 24) return [];
  const all = changesOf(zone, now).flatMap((change) => disturbedBy(cron, change));
  return (['never', 'twice'] as const).flatMap((kind) => all.find(({ happens }) => happens === kind) ?? []);
};

const disturbedBy = (cron: Cron, { at, before, after }: ClockChange): Disturbed[] => {
  const happens = after > before ? 'never' : 'twice';
  const begin = at + Math.min(before, after) * minuteMs;
  const end = at + Math.max(before, after) * minuteMs;
  for (let local = begin; local < end; local += minuteMs) {
    const time = new Date(local);
    if (!matches(cron, time)) continue;
    const [day = '', clock = ''] = time.toISOString().split('T');
    return [{ when: `${clock.slice(0, 5)} on ${day}`, happens }];
  }
  return [];
};

/** A local time is held as if it were one of UTC. */
const matches = ({ minutes, hours, days, months, weekdays }: Cron, time: Date): boolean =>
  minutes.has(time.getUTCMinutes()) &&
  hours.has(time.getUTCHours()) &&
  days.has(time.getUTCDate()) &&
  months.has(time.getUTCMonth() + 1) &&
  weekdays.has(time.getUTCDay());

const changesOf = (zone: string, now: number): ClockChange[] => {
  const offsetAt = offsetsOf(zone);
  const changes: ClockChange[] = [];
  for (let from = now; from < now + aheadMs; from += stepMs) {
    const [before, after] = [offsetAt(from), offsetAt(from + stepMs)];
    if (before === after) continue;
    let [low, high] = [from, from + stepMs];
    while (high - low > minuteMs) {
      const middle = low + Math.floor((high - low) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: Math.floor(high / minuteMs) * minuteMs, before, after });
  }
  return changes;
};

const offsetsOf = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  };
};
