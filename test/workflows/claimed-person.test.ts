import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { SourceUser } from '../../src/core/values.ts';
import { accountDigest } from '../../src/ledger/links/accounts.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const accounts: Account[] = [{ key: 'ada', username: 'ada', email: null, active: true }];
const people = new Map<string, SourceUser>([
  ['id-ada', { id: 'id-ada', attributes: { login: 'ada', title: 'first' } }],
]);
const jira = memoryTarget(accounts);
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

test('one person whose account another run does not give up is told so, and not kept waiting without end', async () => {
  await running.execute('fullSync', { connector: 'acme' });
  people.set('id-ada', { id: 'id-ada', attributes: { login: 'ada', title: 'second' } });
  // A holder that never comes to its end: its claim is always good for a while yet.
  const hold = () =>
    sql`update account_claim set ends_at = clock_timestamp() + interval '50 seconds', in_doubt = true
      where target = 'jira' and account_digest = ${accountDigest(ledger, 'ada')}`.execute(ledger.db);
  await hold();
  const holder = setInterval(() => void hold(), 5_000);
  try {
    const { run } = await running.execute('syncUser', { connector: 'acme', user: 'id-ada' }).catch(async () => {
      const { rows } = await sql<{ run: string }>`select id as run from run where person = 'id-ada'`.execute(ledger.db);
      return rows[0] ?? assert.fail('there is no such run');
    });
    const ended = await findRun(ledger, run);
    assert.match(
      ended?.failure?.message ?? '',
      /For a minute, another run held the claim on this person's account at jira/,
    );
    assert.equal(ended?.status, 'failed');
    const [outcome] = await listOutcomes(ledger, run, { after: null, limit: 1, target: null, outcome: null });
    assert.notEqual(outcome?.outcome, 'updated');
    assert.equal(jira.journal.writes.length, 1);
  } finally {
    clearInterval(holder);
  }
});
