import { z } from 'zod';

/** The opaque cursor of a page: the place of its last row. */
export const cursorOf = (place: readonly string[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

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
