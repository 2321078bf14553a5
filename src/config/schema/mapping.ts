import { z } from 'zod';
import { encodings } from '../decode.ts';

const expression = z.string().min(1, 'must be an expression, such as the path companyName').max(4_096);

const lookup = z.union([
  z.strictObject({ values: z.record(z.string(), z.string()) }),
  z.strictObject({
    file: z.string().min(1),
    key: z.string().min(1),
    value: z.string().min(1),
    separator: z.enum([',', ';', '\t', '|']).default(','),
    encoding: z.enum(encodings).default('utf-8'),
  }),
]);

const transform = z.union([
  z.enum(['trim', 'lower', 'upper', 'capitalise', 'ascii']),
  z.strictObject({ ascii: z.enum(['plain', 'german']) }),
  z.strictObject({ replace: z.strictObject({ find: z.string().min(1), with: z.string() }) }),
  z.strictObject({ regex: z.strictObject({ find: z.string().min(1), replace: z.string() }) }),
  z.strictObject({ lookup }),
]);

const from = z.union([
  expression,
  z.strictObject({ constant: z.string({ error: 'must be text; put a number or true in quotes' }) }),
  z.strictObject({ firstOf: z.array(expression).min(1) }),
  z.strictObject({ join: z.array(expression).min(1), with: z.string().default(' ') }),
]);

const row = z
  .strictObject({
    field: z.string().min(1).optional(),
    userProperty: z.string().min(1).optional(),
    when: expression.optional(),
    from,
    transforms: z.array(transform).default([]),
    whenNoTransformApplies: z.enum(['useValue', 'keep', 'clear', 'skipUser']).default('useValue'),
    whenEmpty: z.enum(['clearOurs', 'clear', 'keep']).default('clearOurs'),
    overwrite: z.enum(['always', 'ifEmpty', 'onlyOurs']).default('always'),
    whenTooLong: z.enum(['skip', 'truncate']).default('skip'),
    keepOrder: z.boolean().default(false),
    uses: z.array(z.string().min(1)).optional(),
  })
  .refine(
    ({ field, userProperty }) => (field === undefined) !== (userProperty === undefined),
    'must name one attribute: either `field` or `userProperty`',
  );

const keys = z.union([expression, z.array(expression).min(1)]);

/** What a connector writes to one target, as the document says it. */
export const targetMappingSchema = z.strictObject({
  target: z.string().min(1),
  scope: expression.optional(),
  match: z.array(z.union([z.strictObject({ username: keys }), z.strictObject({ email: keys })])).min(1),
  attributes: z.array(row).min(1),
});

/** The optional scope of a whole connector. */
export const scopeSchema = expression.optional();

/** A target's mapping whose lookups may still be in files. */
export type WrittenMapping = z.infer<typeof targetMappingSchema>;
export type WrittenTransform = z.infer<typeof transform>;
