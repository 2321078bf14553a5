import type { z } from 'zod';
import type { AuditPageWire } from '../../../src/api/schemas/audit.ts';
import type { NewTokenWire, TokenListWire } from '../../../src/api/schemas/tokens.ts';
import type { Ability } from '../../../src/core/abilities.ts';
import { ask, get, post, query } from './ask.ts';

export type TokenList = z.infer<typeof TokenListWire>;
export type NewToken = z.infer<typeof NewTokenWire>;
export type AuditPage = AuditPageWire;
export type AuditEntry = AuditPageWire['entries'][number];

/** The valid tokens, without their text. */
export const listTokens = (): Promise<TokenList> => get('/api/tokens');

/** Makes a token; its text is told this once. */
export const addToken = (token: { name: string; can: readonly Ability[]; days: number | null }): Promise<NewToken> =>
  post('/api/tokens', token);

/** Ends a token. */
export const revokeToken = async (name: string): Promise<void> => {
  await ask('DELETE', `/api/tokens/${encodeURIComponent(name)}`);
};

/** Who did what, newest first. */
export const listAudit = (filter: {
  who?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  cursor?: string | null;
  limit?: number;
}): Promise<AuditPage> => get(`/api/audit${query(filter)}`);
