/**
 * A page of a read as its chain sees it: where it was read (null for the beginning) and where the listing continues.
 */
export type PageLink = { readonly place: string | null; readonly next: string | null };

/**
 * What a read proves. `everybody`: an unbroken chain of pages from the beginning to the provider's own end signal; only
 * that tells who is gone. `changes`: such a chain from where an earlier run ended. `person`: one person, or those whom a run tries again, asked for by id.
 * `none`: the listing did not come to its end, or a page of it is missing.
 */
export const readProofs = ['everybody', 'changes', 'person', 'none'] as const;
export type ReadProof = (typeof readProofs)[number];

/**
 * What the pages of a listing prove, in their order. Each must have been read where the one before it said, none twice,
 * and one must have ended with the provider's signal; pages after that one are of people asked for by id.
 */
export const proofOf = (pages: readonly PageLink[]): Exclude<ReadProof, 'person'> => {
  const [first] = pages;
  if (first === undefined) return 'none';
  const end = pages.findIndex(({ next }) => next === null);
  const listing = pages.slice(0, end + 1);
  const places = listing.map(({ place }) => place);
  const isChain = listing.slice(1).every(({ place }, index) => place !== null && place === listing[index]?.next);
  const isByIds = pages.slice(end + 1).every(({ place, next }) => place === null && next === null);
  if (end < 0 || !isChain || !isByIds || new Set(places).size < places.length) return 'none';
  return first.place === null ? 'everybody' : 'changes';
};
