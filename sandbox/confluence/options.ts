import { z } from 'zod';
import { atlassianOptions, type Profile } from '../atlassian/options.ts';

/** What start and control can switch on the Confluence stand-in. */
export const confluenceOptions = atlassianOptions.extend({
  /** The deprecated remote API (JSON-RPC), off until an administrator switches it on. */
  remoteApi: z.boolean().default(false),
  /** Whether the customer has ScriptRunner with the endpoint script of the connector's page. */
  scriptRunner: z.boolean().default(false),
  /** Whether the form of an account from a read-only directory has full name and mail as inputs, or as text. */
  readOnlyIdentity: z.enum(['inputs', 'text']).default('inputs'),
  /** How often the redirect after saving encodes the username. */
  redirectEncodes: z.enum(['once', 'twice']).default('twice'),
});

/** The options in force. */
export type ConfluenceOptions = z.infer<typeof confluenceOptions>;

/** What the generations answer differently: `/user/list` came with 8.4, server information by REST later still. */
export const generations: Record<Profile, { version: string; hasUserList: boolean; tellsVersion: boolean }> = {
  old: { version: '7.19.30', hasUserList: false, tellsVersion: false },
  '10': { version: '9.2.7', hasUserList: true, tellsVersion: true },
  '11': { version: '10.2.14', hasUserList: true, tellsVersion: true },
};
