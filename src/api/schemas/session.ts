import { z } from 'zod';
import { AbilityWire } from './tokens.ts';

/** Who is signed in and what they may do. */
export const SessionWire = z.object({
  name: z.string(),
  can: z.array(AbilityWire),
  expiresAt: z.iso.datetime(),
  version: z.string(),
  temporalUi: z.url().nullable(),
});
export type SessionWire = z.infer<typeof SessionWire>;

/** An address that signs in once, relative to that of the API: only the one who asks knows by what name it is reached. */
export const SignInLinkWire = z.object({ url: z.string(), expiresAt: z.iso.datetime() });
export type SignInLinkWire = z.infer<typeof SignInLinkWire>;
