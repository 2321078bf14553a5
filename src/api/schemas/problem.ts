import { z } from 'zod';

/** RFC 9457, problem details; `kind` is Attune's own word for what went wrong. */
export const ProblemWire = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  kind: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ProblemWire = z.infer<typeof ProblemWire>;
