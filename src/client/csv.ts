/** What Excel tells UTF-8 by, at the beginning of a file. */
export const byteOrderMark = '\uFEFF';

/**
 * A line of a CSV file (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front:
 * directory data is written by strangers.
 */
export const csvLine = (cells: readonly (string | number | boolean | null)[]): string => cells.map(cell).join(',');

const cell = (value: string | number | boolean | null): string => {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};
