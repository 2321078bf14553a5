import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const accounts: Account[] = [];
const jira = memoryTarget(accounts);
const people = new Map<string, SourceUser>();

const account = (username: string, email: string | null, active = true): void => {
  accounts.push({ key: `key-${username}`, username, email, active });
  jira.held.set(`key-${username}`, new Map());
};
const person = (login: string, mail: string): void => {
  people.set(`id-${login}`, { id: `id-${login}`, attributes: { login, mail, title: 'Clerk' } });
};

/** Somebody is found by login, and where nobody has it by mail. */
const byMailToo = (mapping: CompiledMapping): CompiledMapping => ({
  ...mapping,
  selection: [...mapping.selection, 'mail'],
  evaluate: async (user) => {
    const mail = { by: 'email', values: [String(user.attributes.mail)] } as const;
    return new Map(
      [...(await mapping.evaluate(user))].map(([target, one]) => [
        target,
        one.kind === 'mapped' ? { ...one, match: [...one.match, mail] } : one,
      ]),
    );
  },
});

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 100).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 4)]]),
  mapping: byMailToo(titleMapping(['jira'])),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
});
after(async () => {
  await running.close();
  await database.close();
});

const sync = async (input: object = {}) => {
  jira.journal.writes.length = 0;
  const { run } = await running.execute('fullSync', { connector: 'acme', ...input });
  const { rows } = await sql<{ person: string }>`select person from staged_user where run = ${run}
    order by person`.execute(ledger.db);
  const page = { after: null, limit: 100, target: null, outcome: null };
  return {
    staged: rows.map((row) => row.person),
    written: jira.journal.writes.map(({ username }) => username),
    ends: new Map((await listOutcomes(ledger, run, page)).map((one) => [one.person, one.reason])),
  };
};

test('whoever is known to have no account that is written is not staged again, and ends as before', async () => {
  account('linked', null);
  for (const name of ['several-1', 'several-2']) account(name, 'several@example.com');
  account('left', 'left@example.com', false);
  for (const login of ['linked', 'nobody', 'several', 'left']) person(login, `${login}@example.com`);
  const first = await sync();
  assert.deepEqual(first.staged, ['id-left', 'id-linked', 'id-nobody', 'id-several']);
  for (const mode of ['full', 'full', 'delta']) {
    const { staged, ends } = await sync({ mode });
    assert.deepEqual(staged, [], mode);
    if (mode === 'full') {
      assert.deepEqual(
        [...ends],
        [...first.ends].filter(([id]) => id !== 'id-linked'),
      );
    }
  }
});

test('a run that verifies stages everybody, and so does the first one under another version of the document', async () => {
  const all = ['id-left', 'id-linked', 'id-nobody', 'id-several'];
  assert.deepEqual((await sync({ mode: 'verify' })).staged, all);
  assert.deepEqual((await sync()).staged, []);
  await sql`update looked_for set version = version + 1`.execute(ledger.db);
  assert.deepEqual((await sync()).staged, ['id-left', 'id-nobody', 'id-several']);
  await sync({ mode: 'verify' });
});

test('whoever is passed over contests an account that turns up under any of their keys, and is looked at from then on', async () => {
  account('new', 'nobody@example.com');
  person('new', 'new@example.com');
  const { written, ends } = await sync();
  assert.deepEqual(written, []);
  assert.deepEqual([ends.get('id-new'), ends.get('id-nobody')], ['accountClaimedTwice', 'accountClaimedTwice']);
  const again = await sync();
  assert.deepEqual([again.staged, again.written], [['id-new', 'id-nobody'], []]);
  people.delete('id-new');
  assert.deepEqual((await sync()).written, ['new'], 'once nobody else claims it, it is theirs');
});

test('two who are matched to an account that somebody passed over claims, too, end like that person, each once', async () => {
  person('lost', 'lost@example.com');
  await sync({ mode: 'verify' });
  assert.deepEqual((await sync()).staged, []);
  account('first', 'lost@example.com');
  for (const login of ['first', 'second']) person(login, 'lost@example.com');
  const { written, ends } = await sync();
  assert.deepEqual(written, []);
  for (const id of ['id-first', 'id-second', 'id-lost']) assert.equal(ends.get(id), 'accountClaimedTwice', id);
  for (const login of ['first', 'second', 'lost']) people.delete(`id-${login}`);
});

test('whoever has an account by an earlier rule does not contest one that a later rule would find', async () => {
  account('right', 'left@example.com');
  person('right', 'right@example.com');
  const { written, ends } = await sync();
  assert.deepEqual([written, ends.get('id-left')], [['right'], 'inactive']);
});
