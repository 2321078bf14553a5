import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const people = new Map<string, SourceUser>();
const jira = memoryTarget([{ key: 'key-ada', username: 'ada', email: null, active: true }]);
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

const sync = async (title: string) => {
  people.set('1', { id: '1', attributes: { login: 'ada', title } });
  const { run } = await running.execute('fullSync', { connector: 'acme' });
  return (await findRun(ledger, run))?.report?.targets.jira;
};

test('a clock that was ahead at one run keeps nobody from being written by the next', async () => {
  assert.equal((await sync('Captain'))?.updated, 1);
  await sql`update profile set source_read_at = now() + interval '1 year'`.execute(ledger.db);
  assert.equal((await sync('Major'))?.updated, 1);
  assert.equal(jira.journal.writes.at(-1)?.value, 'Major');
  assert.equal((await sync('Major'))?.unchanged, 1);
});
