/**
 * Whom a plan is written for first (a number, or certain people by source id, login or mail), and what happens when their
 * accounts hold what was written: the rest is written too, or waits for somebody.
 */
export type Rollout = {
  readonly first: number | readonly string[];
  readonly then: 'continue' | 'wait';
};

/** How many people may go first at most. */
export const mostFirst = 500;
