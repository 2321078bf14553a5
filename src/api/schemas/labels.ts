import { z } from 'zod';

/** What a person is called; null where no run has met them, or the token may not see values. */
export const LabelWire = z.object({
  name: z.string().nullable(),
  login: z.string().nullable(),
  mail: z.string().nullable(),
});
export type LabelWire = z.infer<typeof LabelWire>;
