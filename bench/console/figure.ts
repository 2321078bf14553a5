/** A figure of the console, against the most it may be. */
export type Figure = {
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  readonly most: number;
  readonly unit: string;
};

/** How long something takes, in seconds. */
export const since = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
};
