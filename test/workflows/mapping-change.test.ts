import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow } from '../../src/core/mapping/settings.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';

const people = new Map<string, SourceUser>();
const accounts: Account[] = [];
for (let n = 0; n < 60; n += 1) {
  const attributes = { login: `u${n}`, kind: n % 10 === 0 ? 'guest' : 'member', title: `Title ${n}` };
  people.set(`id-${n}`, { id: `id-${n}`, attributes });
  accounts.push({ key: `k${n}`, username: `u${n}`, email: null, active: true });
}
const jira = memoryTarget(accounts);

const mappingWith = (ofGuests: string) => {
  const rule = { maxLength: 100, unit: 'characters' } as const;
  const usual = {
    userProperty: 'Company',
    transforms: [],
    whenNoTransformApplies: 'useValue',
    whenEmpty: 'clearOurs',
    overwrite: 'always',
    whenTooLong: 'skip',
    keepOrder: false,
  } as const;
  const rows: AttributeRow[] = [
    { ...usual, when: "kind = 'guest'", from: { constant: ofGuests } },
    { ...usual, from: { constant: 'Acme' } },
  ];
  return compileMapping(
    { to: [{ target: 'jira', match: [{ username: 'login' }], attributes: rows }] },
    {
      attributes: new Map([
        ['jira', { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } }],
      ]),
    },
  );
};

const database = await freshDatabase();
const connector: Omit<OpenConnector, 'version' | 'mapping'> & { mapping: OpenConnector['mapping'] } = {
  id: 'acme',
  source: memorySource(people, 20).source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: mappingWith('External'),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
  patienceMs: 0,
  leavers: keepLeavers,
};
const running = await workerFor(database.ledger, connector);
after(async () => {
  await running.close();
  await database.close();
});

const sync = async () => {
  jira.journal.writes.length = 0;
  jira.journal.reads = 0;
  jira.journal.listings = 0;
  const { run } = await running.execute('fullSync', { connector: 'acme' });
  return (await findRun(database.ledger, run))?.report?.targets.jira;
};

test('a changed mapping touches those only whose profile it changes', async () => {
  assert.equal((await sync())?.updated, 60);
  connector.mapping = mappingWith('External');
  assert.equal((await sync())?.unchanged, 60);
  assert.deepEqual(jira.journal, { writes: [], reads: 0, listings: 0 });
  connector.mapping = mappingWith('Partner');
  const changed = await sync();
  assert.deepEqual([changed?.updated, changed?.unchanged], [6, 54]);
  assert.deepEqual(
    jira.journal.writes.map(({ username, value }) => `${username}=${value}`).sort(),
    ['u0', 'u10', 'u20', 'u30', 'u40', 'u50'].map((username) => `${username}=Partner`),
  );
  assert.deepEqual([jira.journal.reads, jira.journal.listings], [0, 0]);
});
