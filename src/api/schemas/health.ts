import { z } from 'zod';

/** The state of the installation: each part it needs, its ledger, and which servers it runs itself. */
export const HealthWire = z.object({
  version: z.string(),
  parts: z.array(z.object({ name: z.string(), ok: z.boolean(), said: z.string().nullable() })),
  embedded: z.object({ database: z.boolean(), temporal: z.boolean() }),
  ledger: z
    .object({
      bytes: z.number().nonnegative(),
      schema: z.string(),
      oldestKeyAt: z.iso.datetime(),
      runs: z.int().nonnegative(),
    })
    .nullable(),
  temporalUi: z.url().nullable(),
});
export type HealthWire = z.infer<typeof HealthWire>;
