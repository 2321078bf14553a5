/** When full runs may write to a target: times of day in a time zone, over midnight when `from` is later than `to`. */
export type WriteHours = { readonly from: string; readonly to: string; readonly timeZone: string };

const minuteMs = 60_000;
const dayMinutes = 1_440;

/** Milliseconds until writing may begin; 0 while it may go on. `now` is a moment in milliseconds. */
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
