import { z } from 'zod';
import { products } from './document.ts';

/** The answer to a start. */
export const Started = z.looseObject({ run: z.string(), workflowId: z.string() });
export type Started = z.infer<typeof Started>;

const Changes = z.object({ set: z.number(), cleared: z.number() });

/** A run as the API tells it, as far as it is checked here. */
export const Run = z.looseObject({
  id: z.string(),
  status: z.string(),
  workflowId: z.string(),
  intent: z.enum(['apply', 'plan']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  report: z
    .looseObject({
      status: z.string(),
      read: z.looseObject({ users: z.number(), complete: z.boolean() }),
      targets: z.record(z.string(), z.looseObject({ changes: Changes })),
    })
    .nullable()
    .optional(),
});
export type Run = z.infer<typeof Run>;

/** The newest runs. */
export const RunList = z.object({ runs: z.array(Run) });

/** A page of a run's changes. */
export const ChangePage = z.object({
  changes: z.array(
    z.looseObject({
      target: z.enum(products),
      person: z.string(),
      attribute: z.string(),
      after: z.string().nullable(),
      status: z.string(),
      reason: z.string().nullable().default(null),
    }),
  ),
  next: z.string().nullable(),
});

/** One stored change of a run. */
export type Change = z.infer<typeof ChangePage>['changes'][number];

/** Whether a run has not come to its end. */
export const isUnfinished = ({ status }: Pick<Run, 'status'>): boolean => status === 'running' || status === 'approved';
