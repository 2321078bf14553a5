import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MappingStep } from '../../../src/core/mapping/mapping.ts';
import { newMemory } from '../../../src/core/mapping/memory.ts';
import type { AttributeRow } from '../../../src/core/mapping/settings.ts';
import { mappingOf, row } from './fixtures.ts';

const named = (userProperty: string, from: AttributeRow['from'], when?: string): AttributeRow =>
  row({ field: undefined, userProperty, from, when });
const user = { id: 'id-1', attributes: { login: 'ada', city: 'Köln', title: 'Engineer' } };

describe('a memory of one person', () => {
  const memory = newMemory();
  const evaluate = async (attributes: readonly AttributeRow[], remembers = true) => {
    const mapping = mappingOf(attributes);
    const steps: MappingStep[] = [];
    const found = await mapping.evaluate(user, (step) => steps.push(step), remembers ? memory : undefined);
    return { found, steps };
  };

  it('keeps what rows decided that stay as they are, and gives what an evaluation without it gives', async () => {
    const kept = [named('City', 'city', "title = 'Engineer'"), named('City', '$uppercase(city)')];
    const joined = named('Both', "$join([city, title], ', ')");
    const typed = ['title', '$uppercase(title)', "$join([title], '')"].map((from) => named('Typed', from));
    await evaluate([...kept, joined, named('Typed', 'login')]);
    const of = (attribute: string) => memory.decided.get(`t userProperty:${attribute}`);
    const [city, both] = [of('City'), of('Both')];
    assert.ok(city !== undefined && both !== undefined);
    for (const one of typed) {
      const rows = [...kept, joined, one];
      assert.deepEqual(await evaluate(rows), await evaluate(rows, false));
      assert.equal(of('City'), city, 'not decided anew');
      assert.equal(of('Both'), both, 'nor one that only JSONata knows');
    }
    const changed = [named('City', 'title'), joined];
    assert.deepEqual(await evaluate(changed), await evaluate(changed, false));
    assert.notEqual(of('City'), city);
    // The same rows in another place are others: what is told names the place.
    const moved = [joined, named('City', 'title')];
    assert.deepEqual(await evaluate(moved), await evaluate(moved, false));
  });
});
