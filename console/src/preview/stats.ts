import type { PreviewEnd, PreviewValue } from './preview.ts';

/** What a preview comes to for some rows of one attribute at one target. */
export type Stats = {
  /** People of the sample the target's mapping concerns. */
  readonly people: number;
  readonly withValue: number;
  readonly empty: number;
  readonly kept: number;
  readonly longest: number;
  readonly distinct: number;
  readonly changes: number;
  readonly failed: number;
  readonly outside: number;
};

/** Counts what one attribute comes to; with a row given, only the values this row gave. */
export const statsOf = (
  ends: readonly Readonly<Record<string, PreviewEnd>>[],
  target: string,
  attribute: string,
  row: number | null,
): Stats => {
  const values = new Set<string>();
  let [people, withValue, empty, kept, longest, changes, failed, outside] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const end of ends) {
    const found = end[target];
    if (found === undefined || found.kind === 'outOfScope' || found.kind === 'skipped') outside += 1;
    else if (found.kind !== 'mapped') failed += 1;
    else {
      people += 1;
      const value = found.values.find((one) => one.attribute === attribute);
      if (value === undefined || (row !== null && value.row !== row)) continue;
      if (value.wanted !== null) {
        withValue += 1;
        values.add(value.wanted);
        longest = Math.max(longest, value.wanted.length);
      } else if (value.decision === 'keep') kept += 1;
      else empty += 1;
      if (value.decision === 'set' || value.decision === 'clear') changes += 1;
    }
  }
  return { people, withValue, empty, kept, longest, distinct: values.size, changes, failed, outside };
};

/** What a person gets for an attribute at a target; null where the person is not concerned. */
export const valueAt = (end: PreviewEnd | undefined, attribute: string): PreviewValue | null =>
  end?.kind === 'mapped' ? (end.values.find((one) => one.attribute === attribute) ?? null) : null;
