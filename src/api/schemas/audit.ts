import { z } from 'zod';

/** A page of what was done, newest first; `next` asks for the next page. */
export const AuditPageWire = z.object({
  entries: z.array(
    z.object({
      at: z.iso.datetime(),
      who: z.string(),
      action: z.string(),
      subject: z.string(),
      comment: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
export type AuditPageWire = z.infer<typeof AuditPageWire>;
