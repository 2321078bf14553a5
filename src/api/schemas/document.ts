import { z } from 'zod';
import { ProblemOfDocument } from './connectors.ts';
import { Data, JsonWire } from './json.ts';

/** The configuration as one document; `leftOut` says why for each connector that had to be left out. */
export const DocumentWire = z.object({ document: Data, leftOut: z.record(z.string(), z.string()) });

/** The result of storing a document; `leftAlone` are connectors that are edited elsewhere. */
export const AppliedWire = z.object({
  connectors: z.array(
    z.object({ id: z.string(), version: z.int(), is: z.enum(['new', 'changed', 'unchanged', 'leftAlone']) }),
  ),
  cleared: z.array(z.object({ connector: z.string(), target: z.string(), attribute: z.string(), people: z.int() })),
  warnings: z.array(ProblemOfDocument),
});

/** How a document differs from what is stored, and what it would leave orphaned. */
export const DiffWire = z.object({
  connectors: z.array(
    z.object({
      id: z.string(),
      version: z.int().nullable(),
      differences: z.array(z.object({ path: z.string(), before: JsonWire, after: JsonWire })),
      orphans: z.array(z.object({ target: z.string(), attribute: z.string(), people: z.int() })),
    }),
  ),
});
export type DiffWire = z.infer<typeof DiffWire>;
