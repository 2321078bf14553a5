import { z } from 'zod';
import { Failure } from '../../core/failure.ts';
import { parsedText } from '../../http/read-json.ts';
import type { Cursor } from '../source.ts';

/** Where each part of a selection goes on: a link of Graph, or null where that part has ended. */
export type Links = readonly (string | null)[];

const links = z.array(z.string().nullable());

/** The cursor for a place. */
export const cursorOf = (place: Links): Cursor => JSON.stringify(place);

/** Reads a cursor back; one of another selection (the mapping was changed meanwhile) is no place any more. */
export const linksOf = (cursor: Cursor, parts: number, party: string): Links => {
  const parsed = links.safeParse(parsedText(cursor));
  if (parsed.success && parsed.data.length === parts) return parsed.data;
  throw new Failure('cursorExpired', `${party}: this place belongs to another listing.`, {
    party,
    remedy: 'The listing starts again from the beginning.',
  });
};
