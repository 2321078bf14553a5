import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { keepLeavers } from '../../../src/core/people/leavers.ts';
import { checkConnector } from '../../../src/engine/questions/check-connector.ts';
import { freshDatabase } from '../../fixtures/database.ts';
import { memorySource } from '../../fixtures/directory.ts';
import { defaultGuard, titleMapping } from '../../fixtures/runs.ts';
import { startCall } from '../../sources/fixtures.ts';

const database = await freshDatabase();
after(() => database.close());

const checked = async (people: readonly Readonly<Record<string, string>>[]) => {
  const users = people.map((attributes, index) => [`${index}`, { id: `${index}`, attributes }] as const);
  const { source } = memorySource(new Map(users), 10);
  const signedIn: boolean[] = [];
  const connector = {
    id: 'acme',
    version: 1,
    source: { ...source, check: async (_call: unknown, anew = false) => void signedIn.push(anew) },
    targets: new Map(),
    mapping: titleMapping([]),
    guard: defaultGuard,
    patienceMs: 0,
    leavers: keepLeavers,
  };
  const { call } = startCall();
  const none = { source: [], targets: {} };
  const found = await checkConnector({ ledger: database.ledger, connector, call }, null, none, Date.now());
  assert.deepEqual(signedIn, [true], 'a check in person signs in anew');
  return found.source;
};

test('a check notes what the mapping reads and nobody on the first page has, and fails nothing for it', async () => {
  const found = (await checked([{ login: 'ada' }, { login: 'bob' }])).at(-1);
  assert.deepEqual(found, {
    what: 'attributes that the mapping reads',
    ok: true,
    found: 'nobody on the first page has title',
    remedy: 'Check the spelling: `attune attributes <connector>` lists what people have.',
  });
  for (const people of [[], [{ login: 'ada' }, { login: 'bob', title: 'Engineer' }]]) {
    assert.equal((await checked(people)).at(-1)?.what, 'listing of what the mapping reads');
  }
});
