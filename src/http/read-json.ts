import type { ZodType } from 'zod';
import { Failure } from '../core/failure.ts';
import type { Answer } from './http.ts';

/** An answer that messages can name; the products' answers carry more of their request. */
type Named = { readonly request: Pick<Answer['request'], 'method' | 'route'> };
type Received = Named & Pick<Answer, 'status' | 'text'>;

/** Names the request of an answer as messages do. */
export const describe = ({ request }: Named): string => `${request.method} ${request.route}`;

/** The JSON of a body; `undefined` if it is not JSON, which no JSON text can mean. No digit of a number is lost. */
export const parsedText = (text: string): unknown => {
  try {
    return mayLoseDigits.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Whether a text may contain a number with many digits or an exponent; parsing each with its source costs time. */
const mayLoseDigits = /[:[,]\s*-?\d+(?:\d{15}|[.\d]*[eE]|\.\d{15})/;

/**
 * A number that JavaScript cannot hold as it was written becomes the text of its digits: identifiers that look like
 * numbers are longer than 2^53 in some directories, and 1e21 is not 1e+21 (JSON: RFC 8259, numbers have no limit).
 */
const keepDigits = (_key: string, value: unknown, context?: { readonly source?: string }): unknown => {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  const digits = context.source
    .replace(/^-|[eE].*$/g, '')
    .replace('.', '')
    .replace(/^0+/, '');
  const isHeld = Number.isInteger(value) ? Number.isSafeInteger(value) : digits.length <= 15;
  return isHeld && Number.isFinite(value) && !/e/i.test(String(value)) ? value : context.source;
};

/**
 * The failure of a 200 that is not JSON, after a repeat: a body that begins as JSON was cut off on its way, anything
 * else comes from somebody between.
 */
export const notJson = (answer: Received, party: string): Failure => {
  if (/^\s*[[{]/.test(answer.text)) {
    return new Failure('unavailable', `${party} broke off its answer to ${describe(answer)}.`, {
      party,
      status: answer.status,
      remedy: 'It may be overloaded.',
    });
  }
  return new Failure('wrongShape', `${party} answers ${describe(answer)} with something that is not JSON.`, {
    party,
    status: answer.status,
    remedy: 'Check whether a proxy or a login page is between this machine and the provider.',
  });
};

/** Holds a body against its schema; the failure names route and places in the schema, never a value. */
export const shaped = <T>(
  body: unknown,
  schema: ZodType<T>,
  answer: Named,
  party: string,
  remedy = 'Check that the address in the document is the provider’s own.',
): T => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const places = [...new Set(parsed.error.issues.map((issue) => issue.path.map(place).join('.')))].slice(0, 5);
  throw new Failure(
    'wrongShape',
    `${party} answers ${describe(answer)} in a form that differs from the documented one (at ${places.join(', ') || 'the top'}).`,
    { party, remedy },
  );
};

/** A number is a place in a list, and which one does not help. */
const place = (step: PropertyKey): string => (typeof step === 'number' ? '[]' : String(step));
