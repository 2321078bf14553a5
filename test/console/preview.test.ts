import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { previewOf } from '../../console/src/preview/preview.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { comparePreview, drawPeople, peopleEach } from '../fixtures/drawn-people.ts';

const mappings = 500;
/** How many are worked on at once: most of the time goes to answers of the ledger. */
const atOnce = 5;

describe('the preview of a mapping', () => {
  it(`M-6: is what explain tells, for ${mappings} drawn mappings of ${peopleEach} people each`, async () => {
    const { ledger, close } = await freshDatabase();
    const seen = new Map<string, number>();
    const compare = async (number: number): Promise<void> => {
      const drawn = await drawPeople(ledger, number);
      const { people, rules } = drawn.sample;
      const preview = await previewOf(drawn.settings, new Map(Object.entries(rules)), people);
      try {
        comparePreview(preview, drawn, seen);
      } catch (error) {
        throw new Error(`mapping ${number}: ${JSON.stringify(drawn.settings)}`, { cause: error });
      }
    };
    try {
      const numbers = Array.from({ length: mappings }, (_, number) => number).values();
      const compareAll = async (): Promise<void> => {
        for (const number of numbers) await compare(number);
      };
      await Promise.all(Array.from({ length: atOnce }, compareAll));
    } finally {
      await close();
    }
    // All kinds of ends and decisions were among them, or it proves little.
    for (const kind of ['mapped', 'outOfScope', 'skipped', 'failed', 'set', 'clear', 'adopt', 'same', 'keep']) {
      assert.ok((seen.get(kind) ?? 0) > 20, `${kind}: ${seen.get(kind)}`);
    }
  });
});
