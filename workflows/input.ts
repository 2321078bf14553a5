import { ApplicationFailure } from '@temporalio/workflow';
import type { RunIntent, RunMode } from '../src/core/report.ts';

/** The input of a full run, as anybody may type it at the plain CLI. */
export type FullSyncInput = { readonly connector: string; readonly mode?: RunMode; readonly intent?: RunIntent };

/** The input of a run of one person; `user` is the id at the identity provider. */
export type SyncUserInput = { readonly connector: string; readonly user: string; readonly intent?: RunIntent };

/** Inputs reach a workflow unchecked; a wrong one ends it at once with a sentence instead of an endless retry. */
export const requireInput = (input: unknown, fields: readonly string[], example: string): void => {
  const given: object = typeof input === 'object' && input !== null ? input : {};
  for (const field of fields) {
    const value: unknown = Reflect.get(given, field);
    if (typeof value !== 'string' || value === '') refuse(`its "${field}" is missing or not a text`, example);
  }
  oneOf(given, 'mode', ['full', 'delta', 'verify'], example);
  oneOf(given, 'intent', ['apply', 'plan'], example);
};

const oneOf = (given: object, field: string, words: readonly string[], example: string): void => {
  const value: unknown = Reflect.get(given, field);
  if (value !== undefined && !words.some((word) => word === value)) {
    refuse(`its "${field}" is not one of ${words.join(', ')}`, example);
  }
};

const refuse = (what: string, example: string): never => {
  throw ApplicationFailure.nonRetryable(`The input of this workflow is not usable: ${what}. Give ${example}`, 'config');
};
