/** When full runs may write to a target: times of day in a time zone, over midnight when `from` is later than `to`. */
export type WriteHours = { readonly from: string; readonly to: string; readonly timeZone: string };

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** Milliseconds until writing may begin; 0 while it is allowed. `now` is a moment in milliseconds. */
export const msUntilOpen = (hours: WriteHours, now: number): number => {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const present = minuteOfDay(now, hours.timeZone);
  const open = from < to ? present >= from && present < to : present >= from || present < to;
  if (open) return 0;
  const ahead = (from - present + dayMinutes) % dayMinutes;
  const opening = Math.floor(now / minuteMs) * minuteMs + ahead * minuteMs;
  return opening + clockShift(opening, from, hours.timeZone) - now;
};

/**
 * When work of a given length ends if it continues only within these hours, and when it first has to pause; moments in
 * ms.
 */
export const endOfWriting = (
  hours: WriteHours | null,
  now: number,
  workMs: number,
): { readonly endsAt: number; readonly pausesAt: number | null } => {
  if (hours === null) return { endsAt: now + workMs, pausesAt: null };
  const closing = { ...hours, from: hours.to, to: hours.from };
  let pausesAt = msUntilOpen(hours, now) > 0 ? now : null;
  let at = now;
  // The time between two openings may be short: a plan that would take longer than a year of them has no end.
  for (let left = workMs, turns = 0; turns < 366; turns += 1) {
    at += msUntilOpen(hours, at);
    const open = msUntilOpen(closing, at);
    if (left <= open || open === 0) return { endsAt: at + left, pausesAt };
    left -= open;
    at += open;
    pausesAt ??= at;
  }
  return { endsAt: at, pausesAt };
};

/** What summer time added to or took from the way to the opening, in milliseconds. */
const clockShift = (opening: number, from: number, timeZone: string): number => {
  const off = (from - minuteOfDay(opening, timeZone) + dayMinutes) % dayMinutes;
  return (off > dayMinutes / 2 ? off - dayMinutes : off) * minuteMs;
};

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

const minuteOfDay = (moment: number, timeZone: string): number =>
  minutesOf(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment),
  );
