import { z } from 'zod';
import { abilities } from '../../core/abilities.ts';

const Moment = z.iso.datetime();

/** What a token may do. */
export const AbilityWire = z.enum(abilities);

/** The valid tokens, without their text. */
export const TokenListWire = z.object({
  tokens: z.array(
    z.object({
      name: z.string(),
      can: z.array(AbilityWire),
      createdBy: z.string(),
      createdAt: Moment,
      expiresAt: Moment.nullable(),
      lastUsedAt: Moment.nullable(),
    }),
  ),
});

/** A new token; its text is told this once. */
export const NewTokenWire = z.object({ name: z.string(), can: z.array(AbilityWire), token: z.string() });
