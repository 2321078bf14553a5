import type { ZodType } from 'zod';
import { Failure } from '../../core/failure.ts';
import { notJson, parsedText, shaped } from '../../http/read-json.ts';
import type { ProductAnswer } from './connection.ts';
import { unexpectedFailure } from './failures.ts';

/** Reads the JSON body of a successful answer; the failure names route and paths, never a value. */
export const readJson = <T>(answer: ProductAnswer, schema: ZodType<T>, party: string): T => {
  if (answer.status !== 200) throw unexpectedFailure(party, answer, '200');
  const body = parsedText(answer.text);
  if (body === undefined) throw notJson(answer, party);
  return shaped(body, schema, answer, party, 'Compare the product version with those listed in docs/connectors.');
};

/** Reads a cursor of ours back; anything else never came from us. */
export const readCursor = <T>(cursor: string, schema: ZodType<T>, party: string): T => {
  const parsed = schema.safeParse(parsedText(cursor));
  if (parsed.success) return parsed.data;
  throw new Failure('cursorExpired', `${party}: the position in the account listing can no longer be read.`, {
    party,
    remedy: 'The listing starts again from the beginning.',
  });
};
