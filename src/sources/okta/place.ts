import { z } from 'zod';
import { parsedText } from '../../http/read-json.ts';
import { ofAnotherListing } from '../refusals.ts';
import type { Cursor, ReadPlace, Watermark } from '../source.ts';

/**
 * Inside a read: in the listing of everybody or in the changes. `since` is the time (ISO) from which the changes are
 * read behind a listing; `mark` the time from which the next increment goes on.
 */
const place = z.strictObject({
  step: z.enum(['list', 'changes']),
  link: z.string().nullable(),
  since: z.iso.datetime(),
  mark: z.iso.datetime(),
  everybody: z.boolean(),
});

/** A place inside a read. */
export type Place = z.infer<typeof place>;

const mark = z.strictObject({ since: z.iso.datetime() });

/** The cursor for a place. */
export const cursorOf = (at: Place): Cursor => JSON.stringify(at);

/** The watermark for a time. */
export const watermarkOf = (since: string): Watermark => JSON.stringify({ since });

/** Reads a place back; one this release does not understand is no place any more. */
export const placeOf = (at: Exclude<ReadPlace, { at: 'start' }>, party: string): Place => {
  if (at.at === 'cursor') {
    const given = place.safeParse(parsedText(at.cursor));
    if (given.success) return given.data;
    throw ofAnotherListing(party);
  }
  const given = mark.safeParse(parsedText(at.watermark));
  if (!given.success) throw ofAnotherListing(party);
  const { since } = given.data;
  return { step: 'changes', link: null, since, mark: since, everybody: false };
};
