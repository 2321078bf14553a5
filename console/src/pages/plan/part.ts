import type { PlanPart } from '../../api/runs.ts';

/** What tells one attribute of one target from the others of a plan. */
export const keyOfPart = ({ target, attribute }: PlanPart): string => `${target} ${attribute}`;
