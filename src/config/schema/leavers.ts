import { z } from 'zod';
import { keepLeavers, type LeaverSettings } from '../../core/people/leavers.ts';

const span = z
  .string({ error: 'must be a duration with its unit, such as 30d, 12h or 90m' })
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'must be a duration such as 30d, 12h or 90m');

const error = 'must be keep, or a duration after which the values are cleared, such as { clear: 30d }';
const keep = z.literal('keep', { error });
const rule = z.union([keep, z.strictObject({ clear: span })], { error });

const written = z.strictObject({
  clear: span.optional(),
  disabled: rule.optional(),
  outOfScope: rule.optional(),
  deleted: rule.optional(),
});

/** What becomes of the values of people who have left: one rule for all, or one for each way of leaving. */
export const leaversSchema = z
  .union([keep, written], { error })
  .transform((said, context): LeaverSettings => {
    if (said === 'keep') return keepLeavers;
    const { clear, disabled, outOfScope, deleted } = said;
    if (clear === undefined) {
      return { disabled: disabled ?? 'keep', outOfScope: outOfScope ?? 'keep', deleted: deleted ?? 'keep' };
    }
    if ([disabled, outOfScope, deleted].some((one) => one !== undefined)) {
      context.addIssue({ code: 'custom', path: ['clear'], message: 'must stand alone, or below each way of leaving' });
      return z.NEVER;
    }
    return { disabled: { clear }, outOfScope: { clear }, deleted: { clear } };
  })
  .default(keepLeavers);
