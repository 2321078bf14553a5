import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { closest } from '../src/core/closest.ts';
import { type RunIntent, type RunMode, runIntents, runModes } from '../src/core/report/report.ts';

/**
 * The input of a run of everybody, as anybody may type it at the plain CLI. With `retry` only the people are read whom
 * that run left failed or skipped.
 */
export type FullSyncInput = {
  readonly connector: string;
  readonly mode?: RunMode;
  readonly intent?: RunIntent;
  readonly retry?: string;
};

/** The input of a run of one person; `user` is the id at the identity provider. */
export type SyncUserInput = { readonly connector: string; readonly user: string; readonly intent?: RunIntent };

/**
 * The keys an input has: what a needed text stands for, the words of which a key that may be left out is one, or what the
 * text stands for that may be left out.
 */
export type InputForm = Readonly<Record<string, string | readonly string[] | { readonly atWill: string }>>;

/** The inputs of the workflows that start runs. */
export const fullSyncForm: InputForm = {
  connector: 'id of a connector',
  mode: runModes,
  intent: runIntents,
  retry: { atWill: 'id of a run' },
};
export const syncUserForm: InputForm = {
  connector: 'id of a connector',
  user: 'id of a person at the identity provider',
  intent: runIntents,
};
export const applyPlanForm: InputForm = { run: 'id of a run' };

/**
 * Inputs reach a workflow unchecked; a wrong one ends it at once with a sentence instead of an endless retry. An
 * unknown key is refused too: `intnt: plan` left unread would be a run that writes.
 */
export const requireInput = (input: unknown, form: InputForm): void => {
  const given: object = typeof input === 'object' && input !== null ? input : {};
  const keys = Object.keys(form);
  for (const key of Object.keys(given)) if (!keys.includes(key)) refuse(unknownKey(key, keys), form);
  for (const [key, shape] of Object.entries(form)) {
    const value: unknown = Reflect.get(given, key);
    if (typeof shape === 'string') {
      if (typeof value !== 'string' || value === '') refuse(`its "${key}" is missing or not text`, form);
    } else if (value === undefined) continue;
    else if ('atWill' in shape) {
      if (typeof value !== 'string' || value === '') refuse(`its "${key}" is not text`, form);
    } else if (!shape.some((word) => word === value)) refuse(`its "${key}" is not one of ${shape.join(', ')}`, form);
  }
};

/** Batches are steps of a run: started alone they would write what nobody judged or approved. */
export const requireParent = (): void => {
  const { parent, workflowType } = workflowInfo();
  if (parent !== undefined) return;
  throw ApplicationFailure.nonRetryable(
    `${workflowType} is a step of a run and cannot be started on its own. Start fullSync or syncUser.`,
    'config',
  );
};

const unknownKey = (key: string, keys: readonly string[]): string => {
  const near = closest(key, keys);
  return `it has an unknown key "${key}"${near === null ? '' : ` (did you mean "${near}"?)`}`;
};

const wordsOf = (shape: InputForm[string]): string =>
  typeof shape === 'string' ? shape : 'atWill' in shape ? shape.atWill : shape.join(' or ');

const refuse = (what: string, form: InputForm): never => {
  const fullForm = Object.entries(form)
    .map(([key, shape]) => `"${key}":"<${wordsOf(shape)}>"`)
    .join(',');
  const optional = Object.entries(form).flatMap(([key, shape]) => (typeof shape === 'string' ? [] : [key]));
  const note = optional.length === 0 ? '' : ` (${optional.join(' and ')} may be left out)`;
  throw ApplicationFailure.nonRetryable(
    `The input of this workflow cannot be used: ${what}. Pass {${fullForm}}${note}.`,
    'config',
  );
};
