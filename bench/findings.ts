/** What must hold, what was measured against it, and whether it holds; null where this run could not tell. */
export type Bar = {
  readonly id: string;
  readonly bar: string;
  readonly measured: string;
  readonly holds: boolean | null;
};

/** Figures that belong together, a row for each thing measured. */
export type Table = {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number | boolean>>[];
};

/** What a benchmark has found. */
export type Findings = { readonly bars: readonly Bar[]; readonly tables: readonly Table[] };

/** The findings of several benchmarks as one. */
export const together = (all: readonly Findings[]): Findings => ({
  bars: all.flatMap(({ bars }) => bars),
  tables: all.flatMap(({ tables }) => tables),
});

/** A figure that may be at most so much. */
export const atMost = (id: string, bar: string, measured: number, most: number, unit = ''): Bar => ({
  id,
  bar,
  measured: Number.isFinite(measured) ? `${rounded(measured)}${unit}` : 'could not be measured',
  holds: Number.isFinite(measured) ? measured <= most : null,
});

/** A figure that must be at least so much. */
export const atLeast = (id: string, bar: string, measured: number, least: number, unit = ''): Bar => ({
  ...atMost(id, bar, -measured, -least, unit),
  measured: Number.isFinite(measured) ? `${rounded(measured)}${unit}` : 'could not be measured',
});

/** Three digits at least, and no fraction where there are as many before the point. */
export const rounded = (value: number): number => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits));
};

const word = (holds: Bar['holds']): string => (holds === null ? 'not shown' : holds ? 'holds' : 'DOES NOT HOLD');

/** The findings for people: the bars first, then every table. */
export const printFindings = ({ bars, tables }: Findings): void => {
  for (const { title, rows } of tables) {
    console.log(`\n${title}`);
    console.log(columns(rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, String(v)])))));
  }
  if (bars.length === 0) return;
  console.log('\nBars');
  console.log(columns(bars.map(({ bar, measured, holds }) => ({ bar, measured, '': word(holds) }))));
};

/** A table of text, its columns as wide as they must be. */
const columns = (rows: readonly Readonly<Record<string, string>>[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  const widths = names.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) => `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
};
