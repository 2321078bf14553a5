import { z } from 'zod';
import type { AttributeId } from '../../core/profile.ts';
import { keptAttribute, keptJson } from '../kept-json.ts';

/**
 * What the ledger knows of one attribute of an account: its value (null for none), and whether it is ours. An `unsure`
 * value was there when last seen; since then a write was refused, unanswered, or met another value.
 */
export type KnownValue = { readonly value: string | null; readonly ours: boolean; readonly unsure?: true };

/** What the ledger knows of an account's mapped attributes; an attribute it never saw has no entry. */
export type KnownProfile = ReadonlyMap<AttributeId, KnownValue>;

const kept = keptJson<readonly (readonly [AttributeId, KnownValue])[]>(
  'what it knows of an account',
  z.array(
    z.tuple([
      keptAttribute,
      z.object({ value: z.string().nullable(), ours: z.boolean(), unsure: z.literal(true).exactOptional() }),
    ]),
  ),
);

/** What is known of an account as it is kept, to be sealed. */
export const knownText = (known: KnownProfile): string => kept.text([...known]);

/** The same read back; nothing is known where nothing was kept. */
export const knownOf = (text: string | null): KnownProfile => new Map(text === null ? [] : kept.read(text));
