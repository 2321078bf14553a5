import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createRandom } from '../../faults/random.ts';
import { startWorld } from '../../faults/world.ts';

const world = await startWorld(100, 1, 1);
after(() => world.close());

const emptied = async (): Promise<number> => {
  const before = new Map((await world.people()).map((person) => [person.id, person]));
  await world.editPeople(40, createRandom(1));
  return (await world.people()).filter((person) =>
    Object.entries(person).some(
      ([attribute, value]) => (value ?? '') === '' && (before.get(person.id)?.[attribute] ?? '') !== '',
    ),
  ).length;
};

test('nobody loses a value that Attune has not yet had the time to find wanted, and some do later', async () => {
  assert.equal(await emptied(), 0);
  world.noteHome();
  assert.notEqual(await emptied(), 0);
});
