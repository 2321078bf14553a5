import { z } from 'zod';
import { isAttributeId } from '../core/attribute-id.ts';
import { Failure } from '../core/failure.ts';
import type { AttributeId } from '../core/profile.ts';

/** How JSON is kept in the ledger, and read back only in the shape this release knows. */
export type KeptJson<Value> = {
  readonly text: (value: Value) => string;
  /** Throws `config` for a shape of another release. */
  readonly read: (kept: string) => Value;
  /** The same for a column that the database gives as a value. */
  readonly of: (kept: unknown) => Value;
};

/**
 * The codec of one kind of JSON, to be placed next to the code that writes it; `what` names it in the failure. A run
 * may have been begun by another release: this one reports what it does not understand, and never works with half of
 * it.
 */
export const keptJson = <Value>(what: string, schema: z.ZodType<Value>): KeptJson<Value> => {
  const of = (kept: unknown): Value => {
    const parsed = schema.safeParse(kept);
    if (parsed.success) return parsed.data;
    throw new Failure('config', `The ledger stores ${what} in a form that this release of Attune does not know.`, {
      remedy: 'It was written by another release: run the same release on all workers, and start a new run.',
      cause: parsed.error,
    });
  };
  return {
    text: (value) => JSON.stringify(value),
    of,
    read: (kept) => of(parsedOrNothing(kept)),
  };
};

/** The id of an attribute within kept JSON. */
export const keptAttribute = z.custom<AttributeId>((id) => typeof id === 'string' && isAttributeId(id));

const parsedOrNothing = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
