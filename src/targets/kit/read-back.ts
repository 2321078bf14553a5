import type { AttributeId, Change, ChangeResult, Profile, Written } from '../../core/profile.ts';

/** Checks what was written by reading it again, for some of the accounts. */
export type ReadBack = (
  changes: readonly Change[],
  written: Written,
  read: (attributes: readonly AttributeId[]) => Promise<Profile>,
) => Promise<Written>;

/**
 * Reads every `every`th written account back, the first one always; 0 means none. A value that is not what was
 * written becomes a refusal of that attribute, without either value; a failure to read leaves the answers as they are.
 */
export const readBackEvery = (every: number): ReadBack => {
  let count = 0;
  return async (changes, written, read) => {
    const applied = changes.filter(({ attribute }) =>
      written.results.some((result) => result.attribute === attribute && result.status === 'applied'),
    );
    if (every === 0 || applied.length === 0 || written.ended !== null) return written;
    count += 1;
    if ((count - 1) % every !== 0) return written;
    let held: Profile;
    try {
      held = await read(applied.map(({ attribute }) => attribute));
    } catch (ended) {
      return { ...written, ended };
    }
    const wrong = new Set(
      applied
        .filter(({ attribute, after }) => (held.get(attribute) ?? null) !== after)
        .map(({ attribute }) => attribute),
    );
    const results = written.results.map((result) => (wrong.has(result.attribute) ? differs(result.attribute) : result));
    return { ...written, results };
  };
};

const differs = (attribute: AttributeId): ChangeResult => ({
  attribute,
  status: 'rejected',
  reason: 'When read back after writing, the target holds a different value than the one written.',
});
