/** Chances that follow a seed, so that a session can be drawn again. */
export type Random = {
  readonly number: (from: number, to: number) => number;
  readonly whole: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly one: <Item>(items: readonly Item[]) => Item;
  readonly some: <Item>(items: readonly Item[], count: number) => Item[];
  /** Chances of their own: what is drawn there, and when, changes nothing here. */
  readonly fork: () => Random;
};

/** Mulberry32 (public domain, Tommy Ettinger): small, and even enough to draw faults from. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const one = <Item>(items: readonly Item[]): Item => {
    const item = items[whole(0, items.length - 1)];
    if (item === undefined) throw new Error('There is nothing to draw from.');
    return item;
  };
  return {
    number: (from, to) => from + next() * (to - from),
    whole,
    chance: (probability) => next() < probability,
    one,
    some: (items, count) => {
      const left = [...items];
      const drawn = [];
      while (drawn.length < count && left.length > 0) drawn.push(...left.splice(whole(0, left.length - 1), 1));
      return drawn;
    },
    fork: () => createRandom(next() * 4_294_967_296),
  };
};
