import { z } from 'zod';
import { attributeRules, breachPolicies, guardRules, type Limit, standardIgnoreBelow } from '../../core/guard.ts';
import { mapValues } from '../../core/map-values.ts';

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

const defaults = <Rule extends string>(rules: Readonly<Record<Rule, { readonly standard: Limit }>>) =>
  mapValues(rules, ({ standard }) => limit.default(standard));

/** The thresholds on a plan, with their defaults. */
export const guardSchema = z
  .strictObject({
    ignoreBelow: z.int().min(0).default(standardIgnoreBelow),
    ...defaults(guardRules),
    perAttribute: z.strictObject(defaults(attributeRules)).prefault({}),
    onBreach: z
      .enum(breachPolicies, {
        error: ({ input }) =>
          input === 'holdAttribute'
            ? 'holdAttribute is not built yet: a plan that breaches is held as a whole (waitForApproval) or fails the run (fail)'
            : undefined,
      })
      .default('waitForApproval'),
  })
  .prefault({});
