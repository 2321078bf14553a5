import { z } from 'zod';
import { mapValues } from '../../core/map-values.ts';
import {
  attributeRules,
  breachPolicies,
  guardRules,
  type Limit,
  standardExpiry,
  standardIgnoreBelow,
  standardWindow,
} from '../../core/plan/guard.ts';
import { longestWindowDays } from '../../core/retention.ts';
import { spanMs } from '../../core/schedules/schedule.ts';

const percent = z
  .string({ error: 'must be a percentage such as 10%' })
  .regex(/^\d{1,3}(\.\d+)?%$/, 'must be a percentage such as 10%')
  .transform((text) => Number(text.slice(0, -1)));
const count = z.int().min(0);

/** What no plan exceeds, for a threshold that is switched off. */
const unlimited = { percent: 1_000, count: 1_000_000_000 };

/** Whether a threshold is switched off. */
export const isOff = ({ percent: share, count: most }: Limit): boolean =>
  share >= unlimited.percent && most >= unlimited.count;

const figures = 'must be two figures, such as [10%, 1000]: whichever is exceeded first counts; or off';

/** Two figures as the document says them, `[10%, 1000]`, or as a stored definition holds them. */
const limit = z.union([
  z.literal('off', { error: figures }).transform(() => unlimited),
  z
    .tuple([percent, count], {
      error: 'must be two figures, such as [10%, 1000]: whichever is exceeded first counts; or off',
    })
    .transform(([share, most]) => ({ percent: share, count: most })),
  z.strictObject({ percent: z.number().min(0), count }),
]);

const defaults = <Rule extends string>(
  rules: Readonly<Record<Rule, Readonly<Record<'standard' | 'window', Limit>>>>,
  which: 'standard' | 'window',
) => mapValues(rules, (rule) => limit.default(rule[which]));

const limits = (which: 'standard' | 'window') => ({
  ...defaults(guardRules, which),
  perAttribute: z.strictObject(defaults(attributeRules, which)).prefault({}),
});

const days = z
  .string({ error: 'must be a duration such as 7d or 12h' })
  .regex(/^[1-9]\d{0,3}[hd]$/, 'must be a span in hours or days, such as 12h or 7d');

/** The thresholds on a plan, with their defaults. */
export const guardSchema = z
  .strictObject({
    ignoreBelow: z.int().min(0).default(standardIgnoreBelow),
    ...limits('standard'),
    window: z
      .strictObject({
        over: days
          .refine((text) => spanMs(text) <= spanMs(`${longestWindowDays}d`), `must be at most ${longestWindowDays}d`)
          .default(standardWindow),
        ...limits('window'),
      })
      .prefault({}),
    onBreach: z.enum(breachPolicies).default('waitForApproval'),
    fourEyes: z.boolean().default(false),
    planExpires: days.default(standardExpiry),
  })
  .prefault({});
