import { z } from 'zod';
import { atlassianOptions, type Profile } from '../atlassian/options.ts';

/** What start and control can switch on the Jira stand-in. */
export const jiraOptions = atlassianOptions.extend({
  /** Whether the customer has ScriptRunner with the endpoint script of the connector's page. */
  scriptRunner: z.boolean().default(false),
  /** Whether the listing's `nextCursor`, an int64, comes as a number or as its text. */
  cursorAs: z.enum(['number', 'text']).default('text'),
  /** What the form of User Properties takes; from source of Jira 5 and 6, later ones may differ. */
  propertyKey: z.string().default('^[a-zA-Z0-9\\s]+$'),
  propertyKeyLength: z.int().default(200),
  propertyValueLength: z.int().default(250),
});

/** The options in force. */
export type JiraOptions = z.infer<typeof jiraOptions>;

/** What the generations answer differently: `/user/list` came with 10.3.13, the cap of the search with 10.0. */
export const generations: Record<Profile, { version: string; hasUserList: boolean; searchCap: number }> = {
  old: { version: '9.12.15', hasUserList: false, searchCap: 1000 },
  '10': { version: '10.3.24', hasUserList: true, searchCap: 100 },
  '11': { version: '11.3.8', hasUserList: true, searchCap: 100 },
};
