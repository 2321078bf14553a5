import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const logins = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
const accounts = logins.map((username): Account => ({ key: `key-${username}`, username, email: null, active: true }));
const people = new Map<string, SourceUser>();
const changed = new Set<string>();
/** `chief` names somebody by login, as free text. */
const put = (login: string, name: string, chief: string | null, badge = login): void => {
  people.set(login, { id: login, attributes: { login, name, chief, badge } });
  changed.add(login);
};

/** People whom the source's own settings leave out. */
const bystanders: SourceUser[] = [];

const { source: listing } = memorySource(people, 2);
const asked: string[] = [];
const textOf = (user: SourceUser, name: string): string[] => {
  const value = user.attributes[name];
  return typeof value === 'string' ? [value] : [];
};
const source: IdentitySource = {
  ...listing,
  managers: {
    keyOf: (user) => textOf(user, 'chief')[0] ?? null,
    namesOf: (user) => [...textOf(user, 'login'), ...textOf(user, 'badge')],
  },
  readPage: async (place, select, call) => {
    if (place.at !== 'watermark') {
      const page = { ...(await listing.readPage(place, select, call)), bystanders };
      return page.end.more ? page : { ...page, end: { more: false, watermark: 'now' } };
    }
    const users = [...changed].flatMap((id) => people.get(id) ?? []);
    return { users, bystanders: [], removed: [], end: { more: false, watermark: 'now' } };
  },
  readUser: async (key) => {
    asked.push(key);
    return [...people.values()].find(({ id, attributes }) => [id, attributes.login].includes(key)) ?? null;
  },
};

/** The name of the manager is what is written. */
const byTitle = titleMapping(['jira']);
const mapping: OpenConnector['mapping'] = {
  ...byTitle,
  selection: ['login', 'manager.name'],
  evaluate: (user) => {
    const { manager } = user.attributes;
    const title = typeof manager === 'object' && manager !== null && 'name' in manager ? (manager.name ?? null) : null;
    return byTitle.evaluate({ ...user, attributes: { ...user.attributes, title } });
  },
};

const jira = memoryTarget(accounts);
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

const start = async (type: 'fullSync' | 'syncUser', input: object): Promise<Report> => {
  jira.journal.writes.length = 0;
  asked.length = 0;
  const { run } = await running.execute(type, { connector: 'acme', ...input });
  changed.clear();
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report);
  return report;
};

const written = (): string[] => jira.journal.writes.map(({ username, value }) => `${username}=${value}`).sort();

test('managers are found wherever they stand in the listing; loops, strangers and nobody are harmless', async () => {
  put('ada', 'Ada', 'FAY');
  put('bob', 'Bob', 'cyd');
  put('cyd', 'Cyd', 'bob');
  put('dan', 'Dan', 'stranger');
  put('eve', 'Eve', 'eve');
  put('fay', 'Fay', null);
  const report = await start('fullSync', {});
  assert.deepEqual(written(), ['ada=Fay', 'bob=Cyd', 'cyd=Bob', 'eve=Eve']);
  assert.deepEqual([report.read.users, report.read.complete, report.read.pages], [6, true, 3]);
  assert.deepEqual([report.targets.jira?.updated, report.targets.jira?.unchanged], [4, 2]);
  assert.deepEqual(asked, [], 'nobody is asked for by name in a full read');
});

test('when a manager has another name only the dependents are written', async () => {
  put('fay', 'Fay the Second', null);
  await start('fullSync', {});
  assert.deepEqual(written(), ['ada=Fay the Second']);
});

test('a manager who appears under a name that people gave already is found', async () => {
  put('stranger', 'Known by now', null);
  await start('fullSync', {});
  assert.deepEqual(written(), ['dan=Known by now']);
});

test('a name that two people have is nobody’s', async () => {
  put('eve', 'Eve', 'shared');
  put('bob', 'Bob', 'cyd', 'shared');
  put('cyd', 'Cyd', 'bob', 'shared');
  await start('fullSync', {});
  assert.deepEqual(written(), ['eve=null']);
});

test('an increment reads the dependents of a changed manager, and asks for managers that did not change', async () => {
  await start('fullSync', { mode: 'delta' });
  put('fay', 'Fay the Third', null);
  put('dan', 'Dan', 'cyd');
  const report = await start('fullSync', { mode: 'delta' });
  assert.deepEqual(written(), ['ada=Fay the Third', 'dan=Cyd']);
  assert.deepEqual(asked.toSorted(), ['ada', 'cyd']);
  assert.equal(report.read.users, 3);
});

test('whoever takes no part is named as a manager, and gives way to one who does', async () => {
  const chief = (id: string, name: string): SourceUser => ({ id, attributes: { login: 'boss', name, badge: 'boss' } });
  bystanders.push(chief('left', 'Former Boss'));
  put('fay', 'Fay', 'boss');
  await start('fullSync', {});
  assert.deepEqual(
    written().filter((one) => one.startsWith('fay')),
    ['fay=Former Boss'],
  );
  await start('fullSync', {});
  assert.deepEqual(written(), [], 'the name stays');
  put('boss', 'New Boss', null);
  await start('fullSync', {});
  assert.deepEqual(
    written().filter((one) => one.startsWith('fay')),
    ['fay=New Boss'],
  );
});

test('one person alone gets the manager too', async () => {
  put('dan', 'Dan', 'fay');
  await start('syncUser', { user: 'dan' });
  assert.deepEqual(written(), ['dan=Fay']);
});
