import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { SourceUser } from '../../src/core/values.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const people = new Map<string, SourceUser>(
  ['one', 'two'].map((id) => [id, { id, attributes: { login: 'shared', title: `Title of ${id}` } }]),
);
people.set('alone', { id: 'alone', attributes: { login: 'alone', title: 'Title of alone' } });
const jira = memoryTarget(
  ['shared', 'alone'].map((username) => ({ key: username, username, email: null, active: true })),
);
const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 10).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
});

after(async () => {
  await running.close();
  await database.close();
});

const told = async (type: string, input: object) => {
  const { run } = await running.execute(type, { connector: 'acme', ...input });
  const page = { after: null, limit: 10, target: null, outcome: null };
  const outcomes = await listOutcomes(ledger, run, page);
  const { warnings } = (await findRun(ledger, run)) ?? {};
  return { warnings, ends: outcomes.map(({ person, outcome, reason, facts }) => ({ person, outcome, reason, facts })) };
};

const both = ['one', 'two'].map((person) => ({
  person,
  outcome: 'ambiguous',
  reason: 'accountClaimedTwice',
  facts: { people: [person === 'one' ? 'two' : 'one'], attributes: ['userProperty:Title'] },
}));

test('a contest nobody could know of ends for both when everybody is read, names what was written, and stays', async () => {
  const alone = await told('syncUser', { user: 'one' });
  assert.match(alone.warnings?.join() ?? '', /it is not known whether somebody else matches this account too/);
  assert.deepEqual(jira.journal.writes, [
    { username: 'shared', attribute: 'userProperty:Title', value: 'Title of one' },
  ]);
  for (const mode of ['full', 'full', 'verify']) {
    const { ends } = await told('fullSync', { mode });
    assert.deepEqual(
      ends.filter(({ outcome }) => outcome === 'ambiguous'),
      both,
      mode,
    );
  }
  assert.deepEqual((await told('syncUser', { user: 'one' })).ends, [both[0]]);
  people.delete('two');
  const { ends } = await told('fullSync', {});
  assert.deepEqual(
    ends.filter(({ outcome }) => outcome === 'ambiguous'),
    [],
  );
  assert.equal(jira.journal.writes.filter(({ username }) => username === 'shared').length, 1);
});
