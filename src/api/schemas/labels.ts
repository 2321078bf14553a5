import { z } from 'zod';

/** What a person is called; null where no run has met them, or the token may not see values. */
export const LabelWire = z.object({
  name: z.string().nullable(),
  login: z.string().nullable(),
  mail: z.string().nullable(),
});
export type LabelWire = z.infer<typeof LabelWire>;

/** What a person is called beside the id, with the username of the account they are linked to; null as above. */
export const called = { label: LabelWire.nullable(), username: z.string().nullable() };

/** What others are called whom sentences of the same answer name by their ids. */
export const NamesWire = z.record(z.string(), LabelWire);
export type NamesWire = z.infer<typeof NamesWire>;
