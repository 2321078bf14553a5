import type { ZodType } from 'zod';
import { Failure } from '../../core/failure.ts';
import { describe, unexpectedFailure } from './answers.ts';
import type { Answer } from './wire.ts';

/** Reads the JSON body of a successful answer; the failure names route and paths, never a value. */
export const readJson = <T>(answer: Answer, schema: ZodType<T>, party: string): T => {
  if (answer.status !== 200) throw unexpectedFailure(party, answer, '200');
  const parsed = schema.safeParse(parseText(answer, party));
  if (parsed.success) return parsed.data;
  const places = [...new Set(parsed.error.issues.map((issue) => issue.path.map(place).join('.')))].slice(0, 5);
  throw new Failure(
    'wrongShape',
    `${party}: ${describe(answer)} answered in another shape than documented (at ${places.join(', ') || 'the top'}).`,
    { party, remedy: 'Compare the product version with those listed in docs/connectors.' },
  );
};

/** A number is a place in a list; which one does not help, and names of properties are the product's own. */
const place = (step: PropertyKey): string => (typeof step === 'number' ? '[]' : String(step));

const parseText = (answer: Answer, party: string): unknown => {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw unexpectedFailure(party, answer, 'JSON');
  }
};

/** Reads a cursor of ours back; anything else never came from us. */
export const readCursor = <T>(cursor: string, schema: ZodType<T>, party: string): T => {
  const parsed = schema.safeParse(safeJson(cursor));
  if (parsed.success) return parsed.data;
  throw new Failure('cursorExpired', `${party}: the place in the account listing is not readable any more.`, {
    party,
    remedy: 'The listing starts again from the beginning.',
  });
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
