import type { z } from 'zod';

/** A page or delta token as it goes into a link. */
export const writeToken = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');

/** Reads a token back; undefined for one that was never given. */
export const readToken = <T>(token: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
};
