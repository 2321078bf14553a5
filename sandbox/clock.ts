/** The sandbox's time, which control can push forward so that tokens and sessions expire without waiting. */
export type Clock = { now(): number; advance(milliseconds: number): void };

/** Makes a clock that starts at the real time. */
export const createClock = (): Clock => {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(milliseconds) {
      ahead += milliseconds;
    },
  };
};
