import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import type { Report, RunMode } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { releaseLock, takeLock } from '../../src/ledger/runs/locks.ts';
import { createRun, findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource, ReadPlace } from '../../src/sources/source.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const logins = ['ada', 'bob', 'cyd', 'dan', 'eve'];
const accounts = logins.map((username): Account => ({ key: `key-${username}`, username, email: null, active: true }));
const people = new Map<string, SourceUser>();
/** The ids of everybody who was edited, in order; a watermark is a place in it. */
const log: string[] = [];
const put = (login: string, title: string): void => {
  people.set(login, { id: login, attributes: { login, title } });
  log.push(login);
};
for (const login of logins) put(login, 'One');

const places: ReadPlace['at'][] = [];
const members = new Set<string>(['ada']);
const provider = { forgets: false, asked: [] as string[] };
const { source: listing } = memorySource(people, 2);
const source: IdentitySource = {
  ...listing,
  groups: ['crew'],
  readPage: async (place, select, call) => {
    places.push(place.at);
    if (place.at !== 'watermark') {
      const page = await listing.readPage(place, select, call);
      return page.end.more ? page : { ...page, end: { more: false, watermark: String(log.length) } };
    }
    call.count('listing');
    if (provider.forgets) throw new Failure('cursorExpired', 'The place is not held any more.');
    const changed = new Set(log.slice(Number(place.watermark)));
    const users = [...changed].flatMap((id) => people.get(id) ?? []);
    const removed = [...changed].filter((id) => !people.has(id));
    return { users, bystanders: [], removed, end: { more: false, watermark: String(log.length) } };
  },
  readUser: async (key, _select, call) => {
    call.count('read');
    provider.asked.push(key);
    return people.get(key) ?? null;
  },
  readMembers: async (_group, cursor, call) => {
    call.count('listing');
    const all = [...members];
    const from = Number(cursor ?? 0);
    return { ids: all.slice(from, from + 1), next: from + 1 < all.length ? String(from + 1) : null };
  },
  groupsOf: async (id) => (members.has(id) ? ['crew'] : []),
};
const refusing = new Set<string>();
const jira = memoryTarget(accounts, ({ username }) =>
  refusing.has(username) ? new Failure('rejected', 'The form refuses.') : null,
);

/** Titles of the crew are told apart, so that joining and leaving changes the profile. */
const byTitle = titleMapping(['jira']);
const mapping: OpenConnector['mapping'] = {
  ...byTitle,
  readsGroups: true,
  evaluate: (user) => {
    const { groups, title } = user.attributes;
    const crew = Array.isArray(groups) && groups.includes('crew');
    return byTitle.evaluate({
      ...user,
      attributes: { ...user.attributes, title: crew ? `${title}, crew` : (title ?? null) },
    });
  },
};

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping,
  guard: defaultGuard,
});

after(async () => {
  await running.close();
  await database.close();
});

const start = async (mode: RunMode): Promise<Report> => {
  places.length = 0;
  provider.asked.length = 0;
  jira.journal.writes.length = 0;
  const { run } = await running.execute('fullSync', { connector: 'acme', mode });
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report);
  return report;
};

const written = (): string[] => jira.journal.writes.map(({ username, value }) => `${username}=${value}`).sort();

test('the first increment of a connector reads everybody, the next only who has changed', async () => {
  const first = await start('delta');
  assert.deepEqual([places[0], first.read.users, first.targets.jira?.updated], ['start', 5, 5]);
  assert.ok(written().includes('ada=One, crew'));
  const idle = await start('delta');
  assert.deepEqual([...places], ['watermark']);
  assert.deepEqual([idle.status, idle.read.users, idle.read.complete], ['done', 0, true]);
  put('bob', 'Two');
  const next = await start('delta');
  assert.deepEqual([next.read.users, next.targets.jira?.updated], [1, 1]);
  assert.deepEqual(written(), ['bob=Two']);
  assert.equal(next.read.calls.listing, 2, 'one page of members, one of changes');
});

test('an account that two people have stays nobody’s when an increment names one of them', async () => {
  put('twin', 'Twin');
  people.set('twin', { id: 'twin', attributes: { login: 'EVE', title: 'Twin' } });
  const both = await start('full');
  assert.equal(both.targets.jira?.ambiguous, 1, 'the twin: the account is linked to eve already');
  people.delete('twin');
  for (const id of ['one', 'two']) {
    people.set(id, { id, attributes: { login: 'new', title: id } });
    log.push(id);
  }
  accounts.push({ key: 'key-new', username: 'new', email: null, active: true });
  jira.held.set('key-new', new Map());
  assert.equal((await start('delta')).targets.jira?.ambiguous, 2);
  people.set('one', { id: 'one', attributes: { login: 'new', title: 'alone in this run' } });
  log.push('one');
  assert.equal((await start('delta')).targets.jira?.ambiguous, 1);
  assert.deepEqual(written(), []);
  people.delete('one');
  people.delete('two');
  await start('full');
});

test('joining and leaving a group counts as a change of these two alone', async () => {
  members.add('cyd');
  members.delete('ada');
  const report = await start('delta');
  assert.deepEqual(provider.asked.toSorted(), ['ada', 'cyd']);
  assert.deepEqual(written(), ['ada=One', 'cyd=One, crew']);
  assert.equal(report.read.users, 2);
  await start('delta');
  assert.deepEqual(provider.asked, []);
});

test('whoever failed is taken up again by the next increment, though nothing changed at the source', async () => {
  refusing.add('dan');
  put('dan', 'Two');
  assert.equal((await start('delta')).status, 'doneWithFailures');
  assert.equal((await start('delta')).targets.jira?.failed, 1);
  assert.deepEqual(provider.asked, ['dan']);
  refusing.clear();
  assert.equal((await start('delta')).status, 'done');
  assert.deepEqual(written(), ['dan=Two']);
});

test('a place the provider has forgotten makes the same run read everybody, and nothing is cleared', async () => {
  people.delete('eve');
  put('bob', 'Three');
  provider.forgets = true;
  const report = await start('delta');
  provider.forgets = false;
  assert.deepEqual(places.slice(0, 2), ['watermark', 'start']);
  assert.deepEqual([report.status, report.read.users], ['done', 4]);
  assert.deepEqual(written(), ['bob=Three']);
  assert.equal(jira.held.get('key-eve')?.get('userProperty:Title'), 'One');
});

test('a run of everybody moves the place too', async () => {
  put('bob', 'Four');
  await start('full');
  await start('delta');
  assert.deepEqual(places, ['watermark']);
  assert.deepEqual(written(), []);
});

test('a person removed at the source is no error and clears nothing', async () => {
  people.delete('dan');
  log.push('dan');
  const report = await start('delta');
  assert.deepEqual([report.status, report.read.users], ['done', 0]);
  assert.equal(jira.held.get('key-dan')?.get('userProperty:Title'), 'Two');
});

test('an increment gives way to any run of its connector; a run of everybody waits for an increment', async () => {
  const other = await running.client.workflow.start('fullSync', {
    args: [],
    taskQueue: 'nobody-works-here',
    workflowId: 'holder-workflow',
  });
  const holder = { connector: 'acme', run: other.firstExecutionRunId, workflowId: other.workflowId };
  const base = {
    version: 1,
    intent: 'apply' as const,
    person: null,
    workflowId: holder.workflowId,
    startedBy: 'test',
  };
  await createRun(ledger, { id: holder.run, connector: 'acme', mode: 'delta', ...base });
  assert.deepEqual(await takeLock(ledger, holder), { taken: true });
  const skipped = await start('delta');
  assert.deepEqual([skipped.status, skipped.failure], ['skipped', null]);
  const full = start('full');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.deepEqual(places, [], 'nothing is read while the increment goes on');
  await releaseLock(ledger, 'acme', holder.run);
  assert.equal((await full).status, 'done');
  await other.terminate();
});

test('a new version of the document makes the next increment read everybody', async () => {
  const next = {
    connector: 'acme',
    managedBy: 'file' as const,
    definition: { changed: true },
    createdBy: 'test',
    comment: null,
  };
  running.pinned.version = await storeConnector(ledger, next);
  await start('delta');
  assert.equal(places[0], 'start');
});
