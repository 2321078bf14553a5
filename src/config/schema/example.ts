import { z } from 'zod';

const values = z.record(z.string(), z.string({ error: 'must be text, or null for no value' }).nullable()).default({});

const profile = z.strictObject({
  username: z.string().min(1).optional(),
  email: z.string().min(1).optional(),
  fields: values,
  userProperties: values,
});

/** A mapping test: a person as the provider gives them, and what each target named should come to. */
export const exampleSchema = z.strictObject({
  name: z.string().min(1),
  user: z.record(z.string(), z.json()),
  expect: z.record(z.string(), z.union([z.enum(['outOfScope', 'skipped', 'failed']), profile])),
});

export type Example = z.infer<typeof exampleSchema>;

/** What an example expects at one target: an outcome instead of a profile, or the attributes it names. */
export type Expected = Example['expect'][string];
