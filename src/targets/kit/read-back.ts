import type { AttributeId, Change, ChangeResult, Profile } from '../../core/profile.ts';

/** Checks what was written by reading it again, for some of the accounts. */
export type ReadBack = (
  changes: readonly Change[],
  results: readonly ChangeResult[],
  read: (attributes: readonly AttributeId[]) => Promise<Profile>,
) => Promise<readonly ChangeResult[]>;

/**
 * Reads every `every`th written account back, the first one always; 0 means none. A value that is not what was
 * written becomes a refusal of that attribute, without either value.
 */
export const readBackEvery = (every: number): ReadBack => {
  let written = 0;
  return async (changes, results, read) => {
    const applied = changes.filter(({ attribute }) =>
      results.some((result) => result.attribute === attribute && result.status === 'applied'),
    );
    if (every === 0 || applied.length === 0) return results;
    written += 1;
    if ((written - 1) % every !== 0) return results;
    const held = await read(applied.map(({ attribute }) => attribute));
    const wrong = new Set(
      applied
        .filter(({ attribute, after }) => (held.get(attribute) ?? null) !== after)
        .map(({ attribute }) => attribute),
    );
    return results.map((result) => (wrong.has(result.attribute) ? differs(result.attribute) : result));
  };
};

const differs = (attribute: AttributeId): ChangeResult => ({
  attribute,
  status: 'rejected',
  reason: 'Read back after writing, the target holds another value than was written.',
});
