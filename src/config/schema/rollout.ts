import { z } from 'zod';
import { mostFirst } from '../../core/plan/rollout.ts';

const first = 'must be a number of people, such as 25, or a list of people by id, login or mail';

/** Whom a plan is written for first, and what happens when their accounts hold it. */
export const rolloutSchema = z.strictObject({
  first: z.union([z.int().min(1).max(mostFirst), z.array(z.string().trim().min(1)).min(1).max(mostFirst)], {
    error: first,
  }),
  then: z.enum(['continue', 'wait']).default('continue'),
});
