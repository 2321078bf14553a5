import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceUser } from '../../src/core/values.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const inFlight = 3;
const each = 60;
const accounts: Account[] = [];
const directoryOf = (name: string): Map<string, SourceUser> => {
  const people = new Map<string, SourceUser>();
  for (let n = 0; n < each; n += 1) {
    const login = `${name}${n}`;
    people.set(login, { id: login, attributes: { login, title: `Title of ${login}` } });
    accounts.push({ key: login, username: login, email: null, active: true });
  }
  return people;
};
const directories = ['one', 'two', 'three'].map((name) => ({ name, people: directoryOf(name) }));
const jira = memoryTarget(accounts);

/** How many calls are at the product now, and were at most. */
const load = { now: 0, most: 0 };
const measured = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  load.now += 1;
  load.most = Math.max(load.most, load.now);
  try {
    await sleep(3);
    return await work();
  } finally {
    load.now -= 1;
  }
};
const target: Target = {
  ...jira.target,
  accountsPage: (cursor, call) => measured(() => jira.target.accountsPage(cursor, call)),
  findAccounts: (by, call) => measured(() => jira.target.findAccounts(by, call)),
  readProfile: (account, attributes, call) => measured(() => jira.target.readProfile(account, attributes, call)),
  applyChanges: (account, changes, call) => measured(() => jira.target.applyChanges(account, changes, call)),
};

const database = await freshDatabase();
const workers = await Promise.all(
  directories.map(({ name, people }) =>
    workerFor(database.ledger, {
      id: name,
      source: memorySource(people, 20).source,
      targets: new Map([['jira', openTarget('jira', target, inFlight)]]),
      mapping: titleMapping(['jira']),
      guard: { ...defaultGuard, ignoreBelow: 1_000 },
    }),
  ),
);
after(async () => {
  for (const worker of workers) await worker.close();
  await database.close();
});

test('three connectors on three workers ask one target for no more than inFlight at once', async () => {
  const results = await Promise.all(
    workers.map(({ execute }, index) => execute('fullSync', { connector: directories[index]?.name })),
  );
  for (const { run } of results) {
    assert.equal((await findRun(database.ledger, run))?.report?.targets.jira?.updated, each);
  }
  assert.equal(jira.journal.writes.length, 3 * each);
  assert.ok(load.most <= inFlight, `${load.most} at once`);
  assert.ok(load.most > 1, 'there was something to bound');
});

test('with one slot at a target, a person who is run alone does not wait for the end of a run of everybody', async () => {
  const people = new Map<string, SourceUser>();
  const others: Account[] = [];
  for (let n = 0; n < 190; n += 1) {
    const login = `lone${n}`;
    people.set(login, { id: login, attributes: { login, title: `Title of ${login}` } });
    others.push({ key: login, username: login, email: null, active: true });
  }
  // The last one of the one batch there is.
  const last = 'lone189';
  const lone = memoryTarget(others);
  const begun = Promise.withResolvers<void>();
  const { ledger } = database;
  const worker = await workerFor(ledger, {
    id: 'lone',
    source: memorySource(people, 50).source,
    targets: new Map([
      [
        'lone',
        openTarget(
          'lone',
          {
            ...lone.target,
            applyChanges: async (account, changes, call) => {
              await sleep(20);
              const applied = await lone.target.applyChanges(account, changes, call);
              if (lone.journal.writes.length === 5) begun.resolve();
              return applied;
            },
          },
          1,
        ),
      ],
    ]),
    mapping: titleMapping(['lone']),
    guard: { ...defaultGuard, ignoreBelow: 1_000 },
  });
  try {
    const everybody = worker.execute('fullSync', { connector: 'lone' });
    await begun.promise;
    await worker.execute('syncUser', { connector: 'lone', user: last });
    const before = lone.journal.writes.length;
    await everybody;
    const writes = lone.journal.writes.map(({ username }) => username);
    assert.equal(new Set(writes).size, 190);
    assert.equal(writes.length, 190);
    assert.ok(before < 190, 'the person was written while others still waited');
    assert.ok(writes.indexOf(last) < before);
  } finally {
    await worker.close();
  }
});
