import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Pool } from 'pg';
import { listTokens } from '../../src/ledger/access/tokens.ts';
import { migrations } from '../../src/ledger/migrations/index.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { emptyDatabase, testKeys } from '../fixtures/database.ts';

/** A database as the release before a step left it, with what `fill` put into it, opened by this release. */
const migratedFrom = async (step: string, fill: (db: Kysely<unknown>) => Promise<unknown>) => {
  const { url, drop } = await emptyDatabase();
  const names = Object.keys(migrations);
  const before = names[names.findIndex((name) => name.endsWith(step)) - 1];
  assert.ok(before);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: url }) }) });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateTo(before);
  assert.equal(error, undefined);
  await fill(db);
  await db.destroy();
  const ledger = await openLedger({ url, keys: testKeys() });
  return {
    ledger,
    close: async () => {
      await ledger.close();
      await drop();
    },
  };
};

describe('a ledger of an earlier release', () => {
  it('has tokens that can what they could', async () => {
    const made: [string, string[]][] = [
      ['admin', ['read', 'run', 'approve', 'configure']],
      ['editor', ['configure']],
      ['nightly', ['run']],
      ['viewer', ['read']],
    ];
    const { ledger, close } = await migratedFrom('-abilities', async (db) => {
      for (const [name, can] of made) {
        await sql`insert into token (name, hash, abilities, created_by)
          values (${name}, ${Buffer.from(name)}, ${can}, 'test')`.execute(db);
      }
    });
    assert.deepEqual(
      (await listTokens(ledger)).map(({ name, can }) => [name, can]),
      [
        ['admin', ['read', 'values', 'run', 'approve', 'configure', 'connect', 'tokens']],
        ['editor', ['configure', 'connect', 'tokens']],
        ['nightly', ['run']],
        ['viewer', ['read', 'values']],
      ],
    );
    await close();
  });
});
