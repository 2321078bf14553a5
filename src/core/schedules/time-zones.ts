import { aliases } from './zone-aliases.ts';

/** The zones the language lists; links to them are known beside. */
const listed: ReadonlySet<string> = new Set([...Intl.supportedValuesOf('timeZone'), ...aliases]);

/**
 * Whether a text names a time zone of the IANA database in its own spelling: schedulers look zones up as files. The
 * language alone takes offsets, any spelling, and abbreviations such as BST, which is Dhaka to it.
 */
export const isTimeZone = (text: string): boolean => listed.has(text);

/** What was most likely meant by a text that is no zone; null when nothing is near. */
export const zoneMeant = (text: string): string | null =>
  [...listed].find((zone) => zone.toLowerCase() === text.trim().toLowerCase().replaceAll(' ', '_')) ?? null;
