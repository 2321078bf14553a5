import type { Decided, MappingStep, Memory, TellStep } from './mapping.ts';
import type { WorkedOut } from './worked-out.ts';

/** Nothing found yet. */
export const newMemory = (): Memory => ({ values: null, decided: new Map() });

/**
 * What these very rows decided before, with the same steps told; or what they decide now, which is kept unless it was
 * decided without a value that is still to be worked out.
 */
export const recall = (
  decided: Memory['decided'],
  { key, rows, values }: { readonly key: string; readonly rows: string; readonly values: WorkedOut },
  decide: (tell: TellStep) => Decided['result'],
  tell: TellStep | undefined,
): Decided['result'] => {
  let known = decided.get(key);
  if (known?.rows !== rows) {
    const told: MappingStep[] = [];
    const result = decide((step) => told.push(step));
    known = { rows, result, told };
    if (!values.isMissing()) decided.set(key, known);
  }
  if (tell !== undefined) for (const step of known.told) tell(step);
  return known.result;
};
