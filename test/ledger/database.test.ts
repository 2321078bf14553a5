import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import { isFailure } from '../../src/core/failure.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { type Ledger, openLedger } from '../../src/ledger/open.ts';
import { openPool } from '../../src/ledger/pool.ts';
import { acquireSlots } from '../../src/ledger/runs/slots.ts';
import type { SealingKeys } from '../../src/ledger/sealing/keys.ts';
import { inTransaction } from '../../src/ledger/transaction.ts';
import { freshDatabase, testKeys } from '../fixtures/database.ts';

const isAway = (error: unknown): boolean => {
  assert.ok(isFailure(error), String(error));
  assert.equal(error.kind, 'unavailable');
  assert.match(error.sentence, /The ledger's database .*\. .*\w/);
  return true;
};

describe('a database that ends, refuses or freezes connections', () => {
  let ledger: Ledger;
  let url = '';
  let keys: SealingKeys;
  let admin: Client;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    const fresh = await freshDatabase();
    ({ ledger, url, keys } = fresh);
    admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query('create table counter (id int primary key, n int not null)');
    await admin.query('insert into counter values (1, 0), (2, 0)');
    close = async () => {
      await admin.end();
      await fresh.close();
    };
  });
  after(() => close());

  const ask = () => sql<{ one: number }>`select 1 as one`.execute(ledger.db);
  const value = async (id: number) => (await admin.query('select n from counter where id = $1', [id])).rows[0]?.n;
  const endAll = () =>
    admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'attune'`);

  it('costs nobody a transaction that was to begin on a connection that had gone', async () => {
    const pool = openPool(url, { size: 1 });
    const client = await pool.connect();
    await client.query('select 1', []);
    // The connection is held, so the pool cannot take it out.
    await endAll();
    const before = await value(2);
    await client.query('begin', []);
    await client.query('update counter set n = n + 1 where id = 2', []);
    await client.query('commit', []);
    assert.equal(await value(2), before + 1);
    await client.query('begin', []);
    await endAll();
    await assert.rejects(client.query('update counter set n = n + 1 where id = 2', []), isAway);
    assert.equal(await value(2), before + 1, 'what had begun is not begun anew half-way');
    client.release();
    await pool.end();
  });

  it('ends no process: the statement under way fails as unavailable, the next one is answered', async () => {
    await Promise.all([ask(), ask(), ask()]);
    const waiting = sql`select pg_sleep(60)`.execute(ledger.db);
    const failed = assert.rejects(waiting, isAway);
    const isAsleep = `select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'
      and datname = current_database() and pid <> pg_backend_pid()`;
    while ((await admin.query(isAsleep)).rowCount === 0) await sleep(10);
    await endAll();
    await failed;
    // A connection at rest that was ended as well may be taken before its end has been told.
    const next = async (): Promise<unknown> =>
      ask().then(
        ({ rows }) => rows,
        (error: unknown) => isAway(error) && null,
      );
    let answer = await next();
    for (let lost = 0; answer === null && lost < 10; lost += 1) answer = await next();
    assert.deepEqual(answer, [{ one: 1 }]);
  });

  it('bounds every session, whoever holds it', async () => {
    const { rows } = await sql<{ name: string }>`select name from pg_settings where name in ('statement_timeout',
      'lock_timeout', 'idle_in_transaction_session_timeout', 'tcp_user_timeout', 'tcp_keepalives_idle')
      and setting <> '0'`.execute(ledger.db);
    assert.equal(rows.length, 5);
  });

  it('has a transaction repeated that it lost before it could be committed', async () => {
    let attempts = 0;
    await inTransaction(ledger, async (trx) => {
      attempts += 1;
      await sql`update counter set n = n + 1 where id = 1`.execute(trx);
      if (attempts === 1) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx);
    });
    assert.deepEqual([attempts, await value(1)], [2, 1]);
  });

  it('ends no process while a connection is held between two statements', async () => {
    const before = await value(1);
    let attempts = 0;
    await inTransaction(ledger, async (trx) => {
      attempts += 1;
      await sql`update counter set n = n + 1 where id = 1`.execute(trx);
      if (attempts > 1) return;
      await endAll();
      // The end of the connection is told now, while nobody waits for an answer of it.
      await sleep(100);
      await sql`select 1`.execute(trx);
    });
    assert.deepEqual([attempts, await value(1)], [2, before + 1]);
  });

  it('never has a transaction repeated whose COMMIT was sent', async () => {
    await admin.query(`create function die() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$`);
    await admin.query(`create constraint trigger die after update on counter deferrable initially deferred
      for each row when (new.id = 2) execute function die()`);
    let attempts = 0;
    const lost = inTransaction(ledger, async (trx) => {
      attempts += 1;
      await sql`update counter set n = n + 1 where id = 2`.execute(trx);
    });
    await assert.rejects(lost, isAway);
    assert.equal(attempts, 1);
    await admin.query('drop trigger die on counter');
  });

  it('lets both of two transactions through that lock each other out', async () => {
    const { promise: bothHoldOne, resolve } = Promise.withResolvers<void>();
    let holding = 0;
    const before = [await value(1), await value(2)];
    const crossing = (first: number, second: number) => {
      let isFirst = true;
      return inTransaction(ledger, async (trx) => {
        await sql`update counter set n = n + 1 where id = ${first}`.execute(trx);
        holding += isFirst ? 1 : 0;
        isFirst = false;
        if (holding === 2) resolve();
        await bothHoldOne;
        await sql`update counter set n = n + 1 where id = ${second}`.execute(trx);
      });
    };
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    assert.deepEqual([await value(1), await value(2)], [before[0] + 2, before[1] + 2]);
  });

  it('lets the others go on when a process stands still inside a transaction', async () => {
    const program = new URL('../fixtures/standing-still.ts', import.meta.url);
    const frozen = fork(program, [url], { execArgv: [] });
    try {
      await once(frozen, 'message');
      frozen.kill('SIGSTOP');
      const before = await value(1);
      await inTransaction(ledger, (trx) => sql`update counter set n = n + 1 where id = 1`.execute(trx));
      assert.equal(await value(1), before + 1);
    } finally {
      frozen.kill('SIGKILL');
    }
  });

  it('leases slots in one statement: an asker that stands still holds no lock', async () => {
    const proxy = await stallAfter(url, 'target_slot');
    const slow = await openLedger({ url: proxy.url, keys });
    try {
      const leased = acquireSlots(slow, 'jira', { want: 1, inFlight: 4, holder: 'a', single: false, seconds: 60 });
      leased.catch(() => undefined);
      await proxy.stalled;
      const state = async () =>
        (
          await admin.query(`select state from pg_stat_activity where datname = current_database()
            and application_name = 'attune' and query like '%target_slot%' and pid <> pg_backend_pid()`)
        ).rows.map((row) => row.state);
      let now = await state();
      while (now.length === 0 || now.includes('active')) {
        await sleep(10);
        now = await state();
      }
      assert.deepEqual(now, ['idle']);
    } finally {
      proxy.close();
      await slow.close();
    }
  });
});

describe('a database that is frozen', () => {
  it('fails what waits for it within seconds, lets the ledger close, and is used again once it goes on', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'attune-frozen-'));
    const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
    const keys = testKeys();
    const ledger = await openLedger({ url: postgres.url, keys });
    const other = await openLedger({ url: postgres.url, keys });
    const pids = await childrenOf(
      Number((await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]),
    );
    try {
      await sql`select 1`.execute(ledger.db);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      await assert.rejects(sql`select 1`.execute(ledger.db), isAway);
      await other.close();
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      assert.deepEqual((await sql`select 1 as one`.execute(ledger.db)).rows, [{ one: 1 }]);
      for (const pid of await childrenOf(pids[0] ?? 0)) process.kill(pid, 'SIGSTOP');
      await ledger.close();
    } finally {
      for (const pid of await childrenOf(pids[0] ?? 0)) process.kill(pid, 'SIGCONT');
      await postgres.stop();
      await rm(dataDir, { recursive: true });
    }
  });
});

/** A process and what it has started. */
const childrenOf = async (pid: number): Promise<number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [pid, ...text.trim().split(' ').filter(Boolean).map(Number)];
};

/** A way to the database that goes dead right after it has passed on the first message that holds `word`. */
const stallAfter = async (url: string, word: string) => {
  const { promise: stalled, resolve: stall } = Promise.withResolvers<void>();
  const server = createServer((near) => {
    const far = connect({ host: new URL(url).hostname, port: Number(new URL(url).port) });
    for (const socket of [near, far]) socket.on('error', () => undefined);
    let isDead = false;
    near.on('data', (chunk) => {
      if (isDead) return;
      far.write(chunk);
      isDead = chunk.includes(word);
      if (isDead) stall();
    });
    far.on('data', (chunk) => {
      if (!isDead) near.write(chunk);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const through = new URL(url);
  if (address !== null && typeof address === 'object') through.port = String(address.port);
  return { url: through.href, stalled, close: () => void server.close() };
};
