import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { SourceUser } from '../../src/core/values.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const people = new Map<string, SourceUser>(
  ['ann', 'ben'].map((login) => [`id-${login}`, { id: `id-${login}`, attributes: { login, title: 'Clerk' } }]),
);
const accounts: Account[] = ['ann', 'ben'].map((username) => ({ key: username, username, email: null, active: true }));
const jira = memoryTarget(accounts);
const { ledger, close } = await freshDatabase();

/** Who has the one slot of the target, at each of its calls. */
const holders: { readonly call: string; readonly holder: string | undefined }[] = [];
const note = async (call: string): Promise<void> => {
  const { rows } = await sql<{ holder: string }>`select holder from target_slot where target = 'jira'
    and expires_at > clock_timestamp()`.execute(ledger.db);
  holders.push({ call, holder: rows[0]?.holder });
};
const listing = { pages: 1, untilServed: async (): Promise<void> => undefined };
const target: Target = {
  ...jira.target,
  accountsPage: async (cursor, call) => {
    const page = Number(cursor ?? 0);
    await note(`page ${page}`);
    if (page > 0) await listing.untilServed();
    const whole = await jira.target.accountsPage(null, call);
    return { ...whole, next: page + 1 < listing.pages ? String(page + 1) : null };
  },
  findAccounts: async (by, call) => {
    await note('find');
    return jira.target.findAccounts(by, call);
  },
  readProfile: async (account, attributes, call) => {
    await note('read');
    return jira.target.readProfile(account, attributes, call);
  },
  applyChanges: async (account, changes, call) => {
    await note('write');
    return jira.target.applyChanges(account, changes, call);
  },
};
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', target, 1)]]),
  mapping: titleMapping(['jira']),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
});
after(async () => {
  await running.close();
  await close();
});

test('a run of one person keeps its slot from the first look to the last write, and gives it back', async () => {
  await running.execute('syncUser', { connector: 'acme', user: 'id-ann' });
  assert.deepEqual(
    holders.map(({ call }) => call),
    ['find', 'read', 'write'],
  );
  assert.equal(new Set(holders.map(({ holder }) => holder)).size, 1);
  assert.ok(holders.every(({ holder }) => holder !== undefined));
  const { rows } = await sql`select 1 from target_slot where target = 'jira'`.execute(ledger.db);
  assert.deepEqual(rows, []);
});

test('a listing lends its slot to a run of one person between two of its pages', async () => {
  holders.length = 0;
  // It has no end before the person is written, but for the test's own.
  listing.pages = 1_000;
  const alone = { isOver: false };
  listing.untilServed = async () => {
    if (alone.isOver) listing.pages = 0;
    await sleep(5);
  };
  const everybody = running.execute('fullSync', { connector: 'acme', mode: 'verify' });
  while (!holders.some(({ call }) => call === 'page 1')) await sleep(5);
  await running.execute('syncUser', { connector: 'acme', user: 'id-ben' });
  alone.isOver = true;
  const pages = holders.filter(({ call }) => call.startsWith('page'));
  const written = holders.findIndex(({ call }) => call === 'write');
  await everybody;
  assert.ok(written > 0, 'the person was written while the listing went on');
  assert.ok(pages.length < 1_000);
  assert.equal(new Set(holders.slice(0, written).map(({ holder }) => holder)).size, 2, 'each had the slot in its turn');
  assert.deepEqual(jira.held.get('ben')?.get('userProperty:Title'), 'Clerk');
});
