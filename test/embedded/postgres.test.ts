import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { findBinaries } from '../../src/embedded/postgres/cluster.ts';
import { placeCluster } from '../../src/embedded/postgres/directory.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { systemUser } from '../../src/embedded/postgres/system-user.ts';

describe('the embedded PostgreSQL', () => {
  let dataDir = '';
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-embedded-'));
  });
  after(() => removeDataDir(dataDir));

  const ask = async (url: string, text: string): Promise<unknown[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('keeps its data from one start to the next', async () => {
    const first = await startEmbeddedPostgres({ dataDir, throwaway: true });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await assert.rejects(ask(first.url, 'select 1'));
    const second = await startEmbeddedPostgres({ dataDir });
    assert.deepEqual(await ask(second.url, 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
  });

  it('listens on the loopback alone, with a password that only its owner reads', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir });
    try {
      assert.deepEqual(
        await ask(
          postgres.url,
          `select setting from pg_settings
          where name in ('listen_addresses', 'unix_socket_directories') order by name`,
        ),
        [{ setting: '127.0.0.1' }, { setting: '' }],
      );
      assert.equal((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o777, 0o600);
      const stranger = new URL(postgres.url);
      stranger.password = 'guess';
      await assert.rejects(ask(stranger.href, 'select 1'), /password authentication failed/);
    } finally {
      await postgres.stop();
    }
  });

  it('refuses a second start while the first one lives', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir });
    await assert.rejects(startEmbeddedPostgres({ dataDir }), /in use by another Attune/);
    await postgres.stop();
  });

  it('writes no value of a failed statement to its log', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir });
    await ask(postgres.url, 'create table person (login text primary key)');
    await ask(postgres.url, "insert into person values ('canary-4711')");
    await assert.rejects(ask(postgres.url, "insert into person values ('canary-4711')"), /duplicate key/);
    await postgres.stop();
    assert.doesNotMatch(await readFile(join(dataDir, 'postgres', 'log'), 'utf8'), /canary/);
  });

  it('replaces what a killed predecessor left running', async () => {
    const program = join(dataDir, 'predecessor.mjs');
    const module = new URL('../../src/embedded/postgres/start.ts', import.meta.url).href;
    await writeFile(
      program,
      `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
       const { url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} });
       setInterval(() => undefined, 60_000);
       process.send(url);`,
    );
    const predecessor = fork(program, { execArgv: [] });
    const [url] = await once(predecessor, 'message');
    predecessor.kill('SIGKILL');
    await once(predecessor, 'exit');
    assert.deepEqual(await ask(String(url), 'select 1 as one'), [{ one: 1 }]);
    const postgres = await startEmbeddedPostgres({ dataDir });
    await assert.rejects(ask(String(url), 'select 1'));
    assert.deepEqual(await ask(postgres.url, 'select answer from kept'), [{ answer: 42 }]);
    await postgres.stop();
  });

  it('waits until the last process of a killed server has let go of its memory', async () => {
    const directory = await placeCluster(dataDir, await systemUser());
    const log = join(directory, 'log');
    const user = await systemUser();
    const { postgres } = await findBinaries(user);
    // A server of one session holds the memory like any other, but nothing about it tells whose it is: neither its name,
    // as which the link stands here, nor its arguments.
    const holder = join(directory, 'holder');
    await symlink(postgres, holder);
    const session = spawn(holder, ['--single', 'postgres'], {
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
      env: { PGDATA: join(directory, 'data'), PATH: process.env.PATH },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      session.stdin.write('select 1;\n');
      await once(session.stdout, 'data');
      await truncate(log);
      const starting = startEmbeddedPostgres({ dataDir });
      starting.catch(() => undefined);
      // More often than a start looks for another port.
      const refused = async () => (await readFile(log, 'utf8')).match(/shared memory block .*is still in use/g) ?? [];
      while ((await refused()).length < 5) await Promise.race([sleep(20), starting]);
      session.kill('SIGKILL');
      const started = await starting;
      assert.deepEqual(await ask(started.url, 'select answer from kept'), [{ answer: 42 }]);
      await started.stop();
    } finally {
      session.kill('SIGKILL');
      await rm(holder, { force: true });
    }
  });

  it('is ended and started again where all of it stands still, and keeps its data', async () => {
    const said: string[] = [];
    const looks = { everyMs: 100, answerMs: 1_000, most: 2 };
    const postgres = await startEmbeddedPostgres({ dataDir, say: (text) => said.push(text), looks });
    try {
      const pid = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').then((text) =>
        Number(text.split('\n')[0]),
      );
      const parts = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
      for (const each of [pid, ...parts]) process.kill(each, 'SIGSTOP');
      while (said.length < 2) await sleep(50);
      assert.match(
        said.join(' '),
        /is running but has not answered for a while, so it is being stopped\. .* \(1 of at most 3 times\)/,
      );
      const answer = async () => ask(postgres.url, 'select answer from kept').catch(() => null);
      for (let given = await answer(); ; given = await answer()) {
        if (given === null) continue;
        assert.deepEqual(given, [{ answer: 42 }]);
        break;
      }
    } finally {
      await postgres.stop();
    }
  });

  it('says which PostgreSQL wrote a data directory it cannot open', async () => {
    await writeFile(join(dataDir, 'postgres', 'data', 'PG_VERSION'), '15\n');
    await assert.rejects(startEmbeddedPostgres({ dataDir }), /written by PostgreSQL 15/);
  });

  it('runs for root from a data directory that its system user cannot reach', {
    skip: process.getuid?.() !== 0 && 'only root needs another user',
  }, async () => {
    const hidden = join(dataDir, 'hidden', 'data');
    await mkdir(join(dataDir, 'hidden'), { mode: 0o700 });
    const first = await startEmbeddedPostgres({ dataDir: hidden, throwaway: true });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await startEmbeddedPostgres({ dataDir: hidden });
    assert.deepEqual(await ask(second.url, 'select answer from kept'), [{ answer: 42 }]);
    await second.stop();
    await removeDataDir(hidden);
  });
});
