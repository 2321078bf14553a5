import { z } from 'zod';
import { connectorSummary } from './runs.ts';

const Data = z.record(z.string(), z.json());

/** One thing wrong or doubtful in a document: where, what, and what would be right. */
const ProblemOfDocument = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
});

/** Whether a definition can be stored, and everything wrong or doubtful in it. */
export const CheckedWire = z.object({ ok: z.boolean(), problems: z.array(ProblemOfDocument) });

/** A connector with its present definition; secrets are references in it, never values. */
export const ConnectorWire = z.object({ ...connectorSummary, definition: Data });

/** A connector as it was stored, with what is doubtful in it. */
export const StoredConnectorWire = z.object({
  ...connectorSummary,
  definition: Data,
  warnings: z.array(ProblemOfDocument),
});

/** The versions of a connector, newest first. */
export const VersionListWire = z.object({
  versions: z.array(
    z.object({ version: z.int(), by: z.string(), at: z.iso.datetime(), comment: z.string().nullable() }),
  ),
});

/** The whole configuration as one document. */
export const DocumentWire = z.object({ document: Data });

/** What storing a document came to; `leftAlone` stands for connectors that are edited elsewhere. */
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
      differences: z.array(z.object({ path: z.string(), before: z.json(), after: z.json() })),
      orphans: z.array(z.object({ target: z.string(), attribute: z.string(), people: z.int() })),
    }),
  ),
});
export type DiffWire = z.infer<typeof DiffWire>;
