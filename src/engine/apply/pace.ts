/** How many people are written under one claim, and how long that should take. */
const mostPeople = 50;
const firstPeople = 4;
const aimMs = 1_000;

/**
 * Sizes groups by the pace of those before: as many people as about a second writes, and no more than leaves each of
 * `lanes` another group of the `rest`, so that none of them works on while the others have nothing left.
 */
export type Pace = {
  readonly size: (rest: number, lanes: number) => number;
  readonly note: (people: number, ms: number) => void;
};

/** `together` is how many accounts the target takes in one request; a group is a multiple of it. */
export const paceOf = (together: number): Pace => {
  const bounded = (people: number): number => {
    const most = Math.min(mostPeople, Math.max(1, people));
    return Math.max(together, Math.floor(most / together) * together);
  };
  let size = bounded(firstPeople);
  return {
    size: (rest, lanes) => Math.min(size, bounded(Math.ceil(rest / (2 * lanes)))),
    note: (people, ms) => {
      if (people > 0) size = bounded(Math.round((people * aimMs) / Math.max(ms, 1)));
    },
  };
};
