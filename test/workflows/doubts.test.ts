import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { Call } from '../../src/core/call.ts';
import { Failure } from '../../src/core/failure.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { settleDoubts } from '../../src/engine/apply/settle-doubts.ts';
import { underClaim } from '../../src/engine/questions/under-claim.ts';
import { accountDigest } from '../../src/ledger/links/accounts.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const names = ['ada', 'bob', 'cyd'];
const accounts = names.map((username): Account => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const people = new Map<string, SourceUser>();
const person = (login: string, title: string): void => {
  people.set(`id-${login}`, { id: `id-${login}`, attributes: { login, title } });
};
for (const name of names) person(name, 'first');

/** Whoever it is for is written, and the answer is lost. */
const lost = { who: '' };
const target: Target = {
  ...jira.target,
  applyChanges: async (account, changes, call) => {
    const results = await jira.target.applyChanges(account, changes, call);
    if (account.username !== lost.who) return results;
    const unknown = changes.map(({ attribute }) => ({ attribute, status: 'unknown' }) as const);
    return { results: unknown, ended: new Failure('unavailable', 'The answer was cut off.') };
  },
};
const database = await freshDatabase();
const { ledger } = database;
const connector = {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
};
const running = await workerFor(ledger, connector);
after(async () => {
  await running.close();
  await database.close();
});

const call: Call = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY, count: () => undefined };
const openConnector = async () => ({ patienceMs: 0, leavers: keepLeavers, ...connector, ...running.pinned });
const doubts = async (): Promise<number> =>
  Number((await sql<{ count: number }>`select count(*) as count from doubt`.execute(ledger.db)).rows[0]?.count);
const age = () =>
  sql`update account_claim set ends_at = ends_at - interval '3 hours' where in_doubt`.execute(ledger.db);

test('a doubt of somebody no run reaches any more is read by the housekeeping, and what was written is known as ours', async () => {
  await running.execute('fullSync', { connector: 'acme' });
  person('ada', 'second');
  lost.who = 'ada';
  const { run } = await running.execute('syncUser', { connector: 'acme', user: 'id-ada' }).catch(async () => {
    const { rows } = await sql<{ run: string }>`select id as run from run where person = 'id-ada'`.execute(ledger.db);
    return rows[0] ?? assert.fail('there is no such run');
  });
  assert.equal((await findRun(ledger, run))?.status, 'failed');
  lost.who = '';
  assert.ok((await doubts()) > 0, 'one for each attempt that got no answer');
  people.delete('id-ada');
  assert.equal(await settleDoubts({ ledger, openConnector }, call), 0, 'runs come first');
  await age();
  const reads = jira.journal.reads;
  assert.equal(await settleDoubts({ ledger, openConnector }, call), 1);
  assert.deepEqual([await doubts(), jira.journal.reads - reads], [0, 1]);
  const changes = await listChanges(ledger, run, { after: null, limit: 10, target: null, status: null });
  assert.deepEqual(
    changes.map(({ status }) => status),
    ['applied'],
  );
  person('ada', 'third');
  await running.execute('fullSync', { connector: 'acme' });
  assert.equal(jira.journal.writes.at(-1)?.value, 'third', 'what stood there was ours');
});

test('an account that somebody writes now is left alone, and a trial of writes takes it for itself', async () => {
  const trial = { username: 'bob', attributes: ['userProperty:Title' as const] };
  const at = openTarget('jira', target, 2);
  const asking = { ledger, connector: await openConnector(), call };
  const claim = sql`select 1 from account_claim where account_digest = ${accountDigest(ledger, 'bob')}
    and in_doubt and ends_at > clock_timestamp()`;
  await underClaim(asking, at, trial, async () => {
    assert.equal((await claim.execute(ledger.db)).rows.length, 1);
    await assert.rejects(
      underClaim(asking, at, trial, async () => undefined),
      (error) => error instanceof Failure && error.kind === 'conflict' && /writing to this account/.test(error.message),
    );
  });
  assert.equal((await claim.execute(ledger.db)).rows.length, 0);
  assert.equal(await doubts(), 0);
  await assert.rejects(underClaim(asking, at, trial, () => Promise.reject(new Failure('unavailable', 'away'))));
  assert.equal(await doubts(), 1, 'a trial that broke off may have left something there');
});

test('one person before anybody knows of contests is told so; after a run of everybody nobody is', async () => {
  const fresh = await freshDatabase();
  const own = await workerFor(fresh.ledger, connector);
  try {
    person('bob', 'alone');
    const single = { connector: 'acme', user: 'id-bob' };
    const reportOf = async (id: string) => (await findRun(fresh.ledger, id))?.report;
    const before = await reportOf((await own.execute('syncUser', single)).run);
    assert.match(before?.warnings.join(' ') ?? '', /No run has read everybody with the current match rules at jira/);
    await own.execute('fullSync', { connector: 'acme' });
    person('bob', 'again');
    const later = await reportOf((await own.execute('syncUser', single)).run);
    assert.deepEqual(later?.warnings, []);
  } finally {
    await own.close();
    await fresh.close();
  }
});
