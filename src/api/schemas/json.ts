import { z } from 'zod';
import type { Json } from '../../core/values.ts';

/** Any JSON. Written out, because a schema of zod's own has no name that a description could refer to. */
export const JsonWire: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(JsonWire), z.record(z.string(), JsonWire)]),
);

/** Plain data under arbitrary names. */
export const Data = z.record(z.string(), JsonWire);
