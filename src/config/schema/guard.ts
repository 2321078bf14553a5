import { z } from 'zod';

const percent = z
  .string({ error: 'must be a percentage such as 10%' })
  .regex(/^\d{1,3}(\.\d+)?%$/, 'must be a percentage such as 10%')
  .transform((text) => Number(text.slice(0, -1)));
const count = z.int().min(0);

/** What no plan exceeds, for a threshold that is switched off. */
const unlimited = { percent: 1_000, count: 1_000_000_000 };

/** Whether a threshold is switched off. */
export const isOff = ({ percent: share, count: most }: { readonly percent: number; readonly count: number }): boolean =>
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

const limitOf = (share: number, most: number) => limit.default({ percent: share, count: most });

/** The thresholds on a plan, with their defaults. */
export const guardSchema = z
  .strictObject({
    ignoreBelow: z.int().min(0).default(20),
    changedPeople: limitOf(10, 1000),
    clearedPeople: limitOf(1, 100),
    foreignOverwrites: limitOf(1, 50),
    perAttribute: z.strictObject({ changed: limitOf(10, 1000), cleared: limitOf(1, 100) }).prefault({}),
    newlyUnmatched: limitOf(2, 200),
    directoryShrink: limitOf(5, 500),
    onBreach: z.enum(['waitForApproval', 'holdAttribute', 'fail']).default('waitForApproval'),
  })
  .prefault({});
