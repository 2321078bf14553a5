/**
 * A read of the source: its number orders it among others, whatever any clock says; `at` only tells people when it was.
 * The number is taken before the request whose answer carries the values.
 */
export type ReadMoment = { readonly number: number; readonly at: Date };

/** The place of a read in the order of all: by the version of the document it was mapped by, then by its number. */
export type ReadOrder = { readonly version: number; readonly number: number };

/** Whether what was read so came later, so that the other must not replace it. */
export const isLater = (one: ReadOrder, other: ReadOrder): boolean =>
  one.version > other.version || (one.version === other.version && one.number > other.number);
