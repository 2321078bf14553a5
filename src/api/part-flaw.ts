/** How deep parts may be nested: nothing the API takes goes further, and what reads them goes down by calling itself. */
const deepest = 100;

/**
 * Why a part of a request cannot be taken, or null. PostgreSQL holds text without U+0000 and without half of a surrogate
 * pair, names of parts included.
 */
export const partFlaw = (value: unknown, depth = 0): string | null => {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? notText : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth === deepest) return tooDeep;
  for (const [key, part] of Object.entries(value)) {
    const flaw = partFlaw(key) ?? partFlaw(part, depth + 1);
    if (flaw !== null) return flaw;
  }
  return null;
};

const notText = 'contains a NUL or half a character, which is not text';
const tooDeep = `has parts nested more than ${deepest} levels deep`;
