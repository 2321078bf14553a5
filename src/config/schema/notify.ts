import { z } from 'zod';
import { noticeEvents } from '../../core/report/notices.ts';
import { secretReference } from '../../http/settings.ts';

/**
 * Who is notified when a connector's state changes: where the address and the signing key are stored, and of which
 * events.
 */
export const notifySchema = z
  .array(
    z.strictObject({
      webhook: secretReference,
      key: secretReference,
      on: z
        .array(z.enum(noticeEvents))
        .min(1)
        .default([...noticeEvents]),
    }),
  )
  .default([]);

/** How long a connector with schedules may go without a completed run before it counts as stale. */
export const staleAfterSchema = z
  .union([z.literal('off'), z.string().regex(/^[1-9]\d{0,4}[mhd]$/)], {
    error: 'must be a duration such as 26h or 8d, or off',
  })
  .default('26h');
