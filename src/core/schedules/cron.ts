/** A cron line taken apart: the values each of its five parts matches; the day of the week runs from 0, Sunday, to 6. */
export type Cron = {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
};

/** Why a cron line is none, and what would be right. */
export type CronFlaw = { readonly message: string; readonly remedy: string };

type Part = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names a value may have; so many of their letters must be there. */
  readonly names: readonly string[];
  readonly letters: number;
};

const months = 'january february march april may june july august september october november december'.split(' ');
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const part = (name: string, least: number, most: number, names: readonly string[] = [], letters = 0): Part => {
  return { name, least, most, names, letters };
};
const minutePart = part('minute', 0, 59);
const hourPart = part('hour', 0, 23);
const dayPart = part('day of the month', 1, 31);
const monthPart = part('month', 1, 12, ['', ...months], 3);
const weekdayPart = part('day of the week', 0, 7, weekdays, 2);

/**
 * Reads the five parts of a cron line by the rules of the scheduler that runs it (Temporal: ScheduleSpec, CronString),
 * which differ from one cron to the next: no `L`, `W`, `#` or `?`, no range across the end of the week, and where both
 * a day of the month and a day of the week are said, both must hold.
 */
export const parseCron = (text: string): Cron | CronFlaw => {
  const written = text.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = written;
  if (written.length !== 5) return notFive(text.trim());
  const read: Set<number>[] = [];
  const all = [
    [minutePart, minute],
    [hourPart, hour],
    [dayPart, day],
    [monthPart, month],
    [weekdayPart, weekday],
  ] as const;
  for (const [which, one] of all) {
    const values = valuesOf(which, one);
    if (!(values instanceof Set)) return values;
    read.push(values);
  }
  const [minutes = none, hours = none, days = none, monthsRead = none, weekdaysRead = none] = read;
  const onWeekdays = new Set([...weekdaysRead].map((value) => value % 7));
  return { minutes, hours, days, months: monthsRead, weekdays: onWeekdays };
};

const none: ReadonlySet<number> = new Set();

/** Whether a text was read. */
export const isCron = (read: Cron | CronFlaw): read is Cron => 'minutes' in read;

const longest: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the calendar has such a day at all: `30 2` is none. */
export const everComes = ({ days, months: among }: Cron): boolean =>
  [...among].some((month) => [...days].some((day) => day <= (longest[month - 1] ?? 0)));

const spelled: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const notFive = (text: string): CronFlaw => {
  const message = 'A cron line has five parts: minute, hour, day of the month, month, day of the week.';
  const same = spelled[text.toLowerCase()];
  if (same !== undefined) return { message, remedy: `Write "${same}".` };
  if (/^@every\s/i.test(text)) return { message, remedy: 'Write `every`, as in `every: 15m`, instead of `cron`.' };
  if (/^(CRON_)?TZ=/.test(text)) return { message, remedy: 'Remove the zone and set it in `timeZone`.' };
  if (text.split(/\s+/).length > 5) {
    return { message, remedy: 'Remove seconds, years and comments: "0 4 * * *" is every night at four.' };
  }
  return { message, remedy: 'Write all five, such as "0 4 * * *" for every night at four.' };
};

/** The values of one part: `*`, `5`, `1-5`, each with an optional step, several separated by commas. */
const valuesOf = (which: Part, text: string): Set<number> | CronFlaw => {
  const values = new Set<number>();
  for (const one of text.split(',')) {
    const range = rangeOf(which, one);
    if ('message' in range) return range;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
};

type Range = { readonly from: number; readonly to: number; readonly step: number };

const rangeOf = (which: Part, text: string): Range | CronFlaw => {
  const { least, most } = which;
  const [range = '', stepText, ...more] = text.split('/');
  const step = stepText === undefined ? 1 : wholeNumber(stepText);
  if (more.length > 0 || step === null || step < 1) return flawIn(which, text);
  if (range === '*') return { from: least, to: most, step };
  const [first = '', last, ...rest] = range.split('-');
  const from = numberIn(which, first);
  const to = last === undefined ? (stepText === undefined ? from : most) : numberIn(which, last);
  if (rest.length > 0 || from === null || to === null) return flawIn(which, text);
  return to < from ? backwards(which, text) : { from, to, step };
};

const numberIn = ({ least, most, names, letters }: Part, text: string): number | null => {
  const named = text.length >= letters ? names.findIndex((name) => name.startsWith(text.toLowerCase())) : -1;
  const value = letters > 0 && named !== -1 ? named : wholeNumber(text);
  return value === null || value < least || value > most ? null : value;
};

/** A step or value beyond any part is as good as the largest that can be told apart. */
const wholeNumber = (text: string): number | null => (/^\+?\d{1,9}$/.test(text) ? Number(text) : null);

const flawIn = (which: Part, text: string): CronFlaw => {
  const { name, least, most } = which;
  const message = `${text === '' ? 'An empty value' : text} is not a ${name} that the scheduler knows.`;
  const shape = `Use numbers from ${least} to ${most}, as in 1,15 or 1-5 or */2, or *.`;
  return { message, remedy: dialects.find(({ sign }) => sign.test(text))?.remedy ?? shape };
};

/** What other schedulers write, and how to write it here. */
const dialects: readonly { readonly sign: RegExp; readonly remedy: string }[] = [
  { sign: /^\?$/, remedy: 'Write * for any day.' },
  {
    sign: /L/i,
    remedy:
      '"Last day" is not supported: use a fixed day such as 28, or run more often (a run without changes is cheap).',
  },
  { sign: /W/i, remedy: '"Nearest weekday" is not supported: use a fixed day, or 1-5 as day of the week.' },
  {
    sign: /#/,
    remedy: '"Nth weekday" is not supported: use days of the month, such as 8-14, and the weekday; both must match.',
  },
  { sign: /^H/i, remedy: 'Use a number; runs that start in the same minute are spread over 30 seconds anyway.' },
];

const range = (from: string | number | undefined, to: string | number | undefined): string =>
  String(from) === String(to) ? String(from) : `${from}-${to}`;

const backwards = (which: Part, text: string): CronFlaw => {
  const [first, last] = text.split('/')[0]?.split('-') ?? [];
  return {
    message: `The range ${text} ends before it begins.`,
    remedy: `Write it as two ranges: ${range(first, which.name === weekdayPart.name ? 6 : which.most)},${range(which.least, last)}.`,
  };
};
