/**
 * A value as a table is asked for it: letters put together (Unicode's NFC) and without what cannot be seen, for a
 * directory and a spreadsheet write one name in different ways. Capitals and space count.
 */
export const tableKey = (value: string): string => value.normalize('NFC').replaceAll(/\p{Cf}/gu, '');
