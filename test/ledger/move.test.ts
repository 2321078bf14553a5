import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { claimDirectory } from '../../src/embedded/owner.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { putLookup, readLookup } from '../../src/ledger/lookups.ts';
import { copyLedger } from '../../src/ledger/move.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { localKeys } from '../../src/ledger/sealing/keys.ts';
import { moveLedger } from '../../src/server/move-ledger.ts';
import { newRun } from '../fixtures/api.ts';
import { emptyDatabase, freshDatabase } from '../fixtures/database.ts';

describe('moving a ledger', () => {
  let dataDir = '';
  let lookup = '';
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-move-'));
    const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
    const ledger = await openLedger({ url: postgres.url, keys: await localKeys(dataDir) });
    await storeConnector(ledger, {
      connector: 'acme',
      managedBy: 'api',
      definition: { texts: ['with "quotes", {braces}, \\ and ü', ''], none: null },
      createdBy: 'test',
      comment: null,
    });
    await createRun(ledger, newRun('run-1'));
    lookup = await putLookup(ledger, 'Ada', 3600);
    await sql`select nextval('read_number') from generate_series(1, 41)`.execute(ledger.db);
    await ledger.close();
    await postgres.stop();
  });
  after(() => removeDataDir(dataDir));

  const ring = async () => (await readFile(join(dataDir, 'keys'), 'utf8')).trim();

  it('to a database of one’s own and back keeps every value, sealed as it was', async () => {
    const database = await emptyDatabase();
    const back = await mkdtemp(join(tmpdir(), 'attune-move-back-'));
    try {
      const env = { ATTUNE_DATABASE_URL: database.url, ATTUNE_KEYS: await ring() };
      const moved = await moveLedger('database', dataDir, env);
      assert.equal(moved.get('run'), 1);
      const ledger = await openLedger({ url: database.url, keys: await localKeys(dataDir) });
      const { rows } = await sql<{ next: number; definition: unknown }>`select nextval('read_number')::float8 as next,
        definition from connector_version`.execute(ledger.db);
      assert.equal(await readLookup(ledger, lookup), 'Ada');
      await ledger.close();
      const [row] = rows;
      assert.ok(row);
      assert.equal(row.next, 42);
      assert.deepEqual(row.definition, { texts: ['with "quotes", {braces}, \\ and ü', ''], none: null });
      await assert.rejects(
        moveLedger('directory', back, env),
        /encrypted with keys that the file .*keys does not have/,
      );
    } finally {
      await database.drop();
      await removeDataDir(back);
    }
  });

  it('is refused while something uses either end, when there is a ledger already, and without the keys', async () => {
    const full = await freshDatabase();
    const env = { ATTUNE_DATABASE_URL: full.url, ATTUNE_KEYS: await ring() };
    await assert.rejects(moveLedger('database', dataDir, env), /Another Attune is connected/);
    await full.ledger.close();
    await assert.rejects(moveLedger('database', dataDir, env), /already contains a ledger: its table ledger_key/);
    const release = await claimDirectory(dataDir);
    await assert.rejects(moveLedger('database', dataDir, env), /in use by another Attune/);
    await release();
    const wrong = { ...env, ATTUNE_KEYS: `k1:${Buffer.alloc(32, 9).toString('base64')}` };
    await assert.rejects(moveLedger('database', dataDir, wrong), /encrypted with keys that ATTUNE_KEYS does not have/);
    await assert.rejects(moveLedger('database', dataDir, {}), /ATTUNE_DATABASE_URL is not set/);
    await full.close();
  });

  it('keeps nothing of what was not copied correctly', async () => {
    const from = await freshDatabase();
    const to = await emptyDatabase();
    await from.ledger.close();
    const other = await openLedger({ url: to.url, keys: from.keys });
    await sql`delete from ledger_key`.execute(other.db);
    await sql`create function spoil() returns trigger language plpgsql as
      $$ begin new.created_at := new.created_at + interval '1 microsecond'; return new; end $$`.execute(other.db);
    await sql`create trigger spoil before insert on ledger_key for each row execute function spoil()`.execute(other.db);
    await other.close();
    await assert.rejects(copyLedger(from.url, to.url), /The table ledger_key was not copied correctly/);
    const after = await openLedger({ url: to.url, keys: from.keys });
    const { rows } = await sql`select 1 from connector`.execute(after.db);
    assert.deepEqual(rows, []);
    await after.close();
    await to.drop();
    await from.close();
  });
});
