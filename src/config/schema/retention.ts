import { z } from 'zod';
import { standardRetentionDays } from '../../core/retention.ts';

/** How long what runs did is kept: whole days, for the ledger is looked through a few times a day. */
export const retentionSchema = z
  .string({ error: 'must be a number of days such as 90d' })
  .regex(/^[1-9]\d{0,3}d$/, 'must be a number of days such as 90d, from 1d to 9999d')
  .default(`${standardRetentionDays}d`);
