import { type Failure, isFailure } from '../core/failure.ts';
import type { JsonObject } from '../core/values.ts';
import type { Definition } from './schema/document.ts';

/**
 * A stored definition, or why this release cannot read it: one that another release stored must not break a question
 * about all connectors.
 */
export const readable = (
  readDefinition: (stored: JsonObject) => Definition,
  stored: JsonObject,
): Definition | { readonly unreadable: Failure } => {
  try {
    return readDefinition(stored);
  } catch (error) {
    if (isFailure(error)) return { unreadable: error };
    throw error;
  }
};
