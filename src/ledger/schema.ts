import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { JsonObject } from '../core/values.ts';

type Moment = ColumnType<Date, never, never>;

/** One key that ever sealed a value here, with the digest key under it: proof at start that the key ring fits. */
export type LedgerKeyTable = { key_id: string; digest_key_sealed: Buffer; created_at: Moment };

/** A configured connector and the version of its definition that new runs pin. */
export type ConnectorTable = {
  id: string;
  managed_by: 'file' | 'api';
  current_version: number;
  created_at: Moment;
};

/** An immutable definition of a connector. */
export type ConnectorVersionTable = {
  connector: string;
  version: number;
  definition: JSONColumnType<JsonObject>;
  digest: Buffer;
  created_by: string;
  comment: string | null;
  created_at: Moment;
};

/** A named token of API and console. */
export type TokenTable = {
  id: Generated<string>;
  name: string;
  hash: Buffer;
  abilities: string[];
  created_by: string;
  created_at: Moment;
  revoked_at: Date | null;
};

/** Who did what. */
export type AuditTable = { id: Generated<string>; at: Moment; who: string; action: string; subject: string };

/** The tables that are read and written through typed queries; bulk statements name theirs in SQL. */
export type Tables = {
  ledger_key: LedgerKeyTable;
  connector: ConnectorTable;
  connector_version: ConnectorVersionTable;
  token: TokenTable;
  audit: AuditTable;
};
