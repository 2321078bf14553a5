import { z } from 'zod';

/** The opaque cursor of a page: the place of its last row. */
export const cursorOf = (place: readonly string[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** A page of a listing, and the cursor of what comes behind it; null at the end. */
export type PageOf<One> = { readonly page: readonly One[]; readonly next: string | null };

/** The page of what was found, which is one more than asked for where there is more; a row's place is what it is found by. */
export const pageOf = <One>(
  found: readonly One[],
  limit: number,
  placeOf: (one: One) => readonly string[],
): PageOf<One> => {
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { page, next: last === undefined ? null : cursorOf(placeOf(last)) };
};

/** Reads a cursor back; one that this API has not given is refused. */
export const opaqueCursor = <T>(place: z.ZodType<T>) =>
  z.string().transform((text, context): T => {
    try {
      return place.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    } catch {
      context.addIssue({ code: 'custom', message: 'is not a cursor from this API' });
      return z.NEVER;
    }
  });
