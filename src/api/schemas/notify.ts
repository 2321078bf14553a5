import { z } from 'zod';

/** How each receiver of a connector's notices took a test, by the name of the secret that holds its address. */
export const NotifyTestWire = z.object({
  receivers: z.array(z.object({ receiver: z.string(), ok: z.boolean(), found: z.string() })),
});
