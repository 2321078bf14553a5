import { z } from 'zod';

/** A stored definition as far as tests change it; whatever else stands in it is kept. */
export const Definition = z.looseObject({
  connector: z.looseObject({
    to: z.array(
      z.looseObject({
        target: z.string(),
        attributes: z.array(z.looseObject({ userProperty: z.string().optional(), from: z.json() })),
      }),
    ),
  }),
  targets: z.record(z.string(), z.json()),
});
export type Definition = z.infer<typeof Definition>;

/** The rows of one target, to be changed in place. */
export const rowsOf = (definition: Definition, target: string): Definition['connector']['to'][number]['attributes'] =>
  definition.connector.to.find((one) => one.target === target)?.attributes ?? [];
