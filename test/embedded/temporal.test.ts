import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';

describe('the embedded Temporal', () => {
  const cli = process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '';
  const made: string[] = [];
  let dataDir = '';
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'attune-temporal-'));
    made.push(dataDir);
  });
  after(() => Promise.all(made.map((dir) => rm(dir, { recursive: true }))));
  const start = () => startEmbeddedTemporal({ cli, dataDir, ui: false });
  const pidOf = async () => Number(/\d+/.exec(await readFile(join(dataDir, 'temporal.pid'), 'utf8'))?.[0]);

  it('sees no secret, and keeps its files to its owner, those of an older Attune too', async () => {
    process.env.ATTUNE_SECRET_CANARY = 'canary-4711';
    await writeFile(join(dataDir, 'temporal.log'), '', { mode: 0o644 });
    const temporal = await start();
    try {
      const environment = await readFile(`/proc/${await pidOf()}/environ`, 'utf8').catch(() => '');
      assert.doesNotMatch(environment, /ATTUNE|canary/);
      const files = (await readdir(dataDir)).filter((name) => name.startsWith('temporal.'));
      assert.ok(files.includes('temporal.db-wal'), files.join());
      for (const file of files) assert.equal((await stat(join(dataDir, file))).mode & 0o777, 0o600, file);
    } finally {
      delete process.env.ATTUNE_SECRET_CANARY;
      await temporal.stop();
    }
  });

  it('is ended and started again where it stands still, and keeps its state', async () => {
    const said: string[] = [];
    const looks = { everyMs: 100, answerMs: 1_000, most: 2 };
    const temporal = await startEmbeddedTemporal({ cli, dataDir, ui: false, say: (text) => said.push(text), looks });
    try {
      const made = async (): Promise<boolean> => {
        const connection = await Connection.connect({ address: temporal.address });
        const { namespaces } = await connection.workflowService.listNamespaces({});
        await connection.close();
        return namespaces.some(({ namespaceInfo }) => namespaceInfo?.name === 'default');
      };
      const before = await pidOf();
      process.kill(before, 'SIGSTOP');
      while (said.length < 2 || (await pidOf()) === before) await sleep(50);
      assert.match(
        said.join(' '),
        /is running but has not answered for a while, so it is being stopped\. .* \(1 of at most 3 times\)/,
      );
      while (!(await made().catch(() => false))) await sleep(50);
    } finally {
      await temporal.stop();
    }
  });

  it('starts although the first start was cut short while it made its database', async () => {
    await writeFile(join(dataDir, 'temporal.db'), '');
    const temporal = await start();
    await temporal.stop();
    assert.ok((await readdir(dataDir)).includes('temporal.db.unfinished'));
  });

  it('never moves a database away that has served', async () => {
    await (await start()).stop();
    for (const part of ['-wal', '-shm']) await rm(join(dataDir, `temporal.db${part}`), { force: true });
    await writeFile(join(dataDir, 'temporal.db'), 'damaged');
    await assert.rejects(start(), /did not start/);
    assert.equal(await readFile(join(dataDir, 'temporal.db'), 'utf8'), 'damaged');
  });
});
