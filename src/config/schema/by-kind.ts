import { type ZodType, z } from 'zod';
import { closest } from '../../core/closest.ts';
import { leavesOf } from '../issues.ts';

/** Settings of a source or target: its `kind`, the rest as its provider's own schema has it. */
export type KindSettings = { readonly kind: string; readonly [name: string]: unknown };

/** A registered provider, as far as reading a document goes. */
export type Kinds = ReadonlyMap<string, { readonly settings: ZodType<unknown> }>;

/** Reads settings with the schema of the provider that their `kind` names. */
export const byKind = (kinds: Kinds) =>
  z.looseObject({ kind: z.string() }).transform((value, context): KindSettings => {
    const definition = kinds.get(value.kind);
    if (definition === undefined) {
      const known = [...kinds.keys()];
      const near = closest(value.kind, known);
      const meant = near === null ? '' : ` (did you mean ${near}?)`;
      context.addIssue({ code: 'custom', path: ['kind'], message: `must be one of ${known.join(', ')}${meant}` });
      return z.NEVER;
    }
    const parsed = definition.settings.safeParse(value);
    if (parsed.success) return { ...z.looseObject({}).parse(parsed.data), kind: value.kind };
    for (const { place, message, unknown } of parsed.error.issues.flatMap((issue) => leavesOf(issue))) {
      context.addIssue({ code: 'custom', path: [...place], message, params: { unknown } });
    }
    return z.NEVER;
  });

/** The same settings as one schema of all providers, for the JSON Schema that editors complete by. */
export const anyKind = (kinds: Kinds): ZodType<unknown> => z.union([...kinds.values()].map((kind) => kind.settings));
