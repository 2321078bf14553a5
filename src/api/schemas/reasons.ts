import { z } from 'zod';

const texts = z.array(z.string()).readonly().exactOptional();
const text = z.string().exactOptional();

/** A reason: its code, what it is about, what it says, and what can be done about it (null where nothing need be). */
export const toldReason = {
  reason: z.string(),
  facts: z.object({
    attributes: texts,
    connector: text,
    scope: text,
    status: text,
    people: texts,
    said: text,
    run: text,
    who: text,
  }),
  sentence: z.string(),
  remedy: z.string().nullable(),
};
