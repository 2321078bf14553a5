import { z } from 'zod';

/** What was removed from the ledger: rows by table; `more` asks to be called again. */
export const PrunedWire = z.object({ removed: z.record(z.string(), z.int()), more: z.boolean() });
export type PrunedWire = z.infer<typeof PrunedWire>;
