import { z } from 'zod';
import { keptJson } from '../ledger/kept-json.ts';
import type { Account } from '../targets/target.ts';

const kept = keptJson<Account>(
  'an account',
  z.object({ key: z.string(), username: z.string(), email: z.string().nullable(), active: z.boolean() }),
);

/** An account as the ledger keeps it, sealed: only the engine reads this text. */
export const accountText = kept.text;

/** The account of a text made by `accountText`; throws `config` for one of another release. */
export const accountOf = kept.read;
