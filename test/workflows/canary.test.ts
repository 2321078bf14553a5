import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { createStarter } from '../../src/temporal/starter.ts';
import { found } from '../fixtures/canary.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const canary = (kind: string): string => `canary${kind}${randomBytes(9).toString('hex')}`;
const logins = Array.from({ length: 30 }, () => canary('login'));
const titles = logins.map(() => canary('title'));
const held = canary('held');
const values = [...logins, ...titles, held];

const people = new Map<string, SourceUser>(
  logins.map((login, n) => [`id-${n}`, { id: `id-${n}`, attributes: { login, title: titles[n] ?? '' } }]),
);
const accounts = logins.map((username): Account => ({ key: username, username, email: `${username}@x`, active: true }));
const jira = memoryTarget(accounts);
jira.held.get(logins[0] ?? '')?.set('userProperty:Title', held);
const connectorId = `acme-${randomUUID()}`;
const directory = memorySource(people, 10);
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: connectorId,
  source: {
    ...directory.source,
    readUser: async (key) => [...people.values()].find((one) => [one.id, one.attributes.login].includes(key)) ?? null,
  },
  targets: new Map([['jira', openTarget('jira', jira.target, 4)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

test('the traces of a value are found in every form, and only where they are', () => {
  for (const offset of ['', 'a', 'ab']) {
    assert.deepEqual(found(Buffer.from(Buffer.from(`${offset}${held}tail`).toString('base64')), [held]), [held]);
  }
  assert.deepEqual(found(Buffer.from(Buffer.from(held).toString('hex')), [held]), [held]);
  assert.deepEqual(found(Buffer.from(canary('held')), [held]), []);
});

test('no personal value stands in histories, ledger or the raw files of either server', async () => {
  const result = await running.execute('fullSync', { connector: connectorId });
  assert.equal((await findRun(ledger, result.run))?.report?.targets.jira?.updated, 30);
  assert.equal(jira.held.get(logins[0] ?? '')?.get('userProperty:Title'), titles[0], 'the run handled the values');
  const starter = createStarter(ledger, running.client, running.queue);
  await starter.startSyncUser({ connector: connectorId, key: logins[1] ?? '', who: 'desk' });
  for await (const workflow of running.client.workflow.list()) {
    const history = await running.client.workflow.getHandle(workflow.workflowId).fetchHistory();
    const text = JSON.stringify([workflow, history], (_key, value) => {
      if (typeof value === 'bigint') return String(value);
      return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
    });
    assert.deepEqual(found(Buffer.from(text), values), [], workflow.workflowId);
  }
  await sql`checkpoint`.execute(ledger.db);
  const root = process.env.ATTUNE_TEST_FILES;
  assert.ok(root !== undefined);
  let files = 0;
  for (const name of await readdir(root, { recursive: true })) {
    const bytes = await contentOf(join(root, name));
    if (bytes === null) continue;
    files += 1;
    assert.deepEqual(found(bytes, values), [], name);
  }
  assert.ok(files > 1, 'there were files to look through');
});

/** Null for what is no file, or no longer there: both servers work on. */
const contentOf = async (path: string): Promise<Buffer | null> => {
  try {
    return (await stat(path)).isFile() ? await readFile(path) : null;
  } catch {
    return null;
  }
};
