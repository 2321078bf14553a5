import { z } from 'zod';

/** Plain data under names of its own. */
export const Data = z.record(z.string(), z.json());
