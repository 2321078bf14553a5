import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPreview } from '../../console/src/preview/preview.ts';
import type { AttributeRow, MappingSettings } from '../../src/core/mapping/settings.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { comparePreview, drawPeople, peopleEach } from '../fixtures/drawn-people.ts';

/** The same mapping while somebody types in one of its rows: longer and shorter, moved, and with a row more or less. */
const typedOver = ({ to, ...rest }: MappingSettings): MappingSettings[] => {
  const [only] = to;
  assert.ok(only);
  const [first, ...others] = only.attributes;
  assert.ok(first);
  const typed = [
    [{ ...first, from: "$uppercase(title) & '!'" }, ...others],
    [...others, { ...first, from: { firstOf: ["$join(phones, '-')", 'city'] } }],
    [...others, first],
    others,
    [{ ...first, when: "kind = 'robot'" }, ...others],
    [{ ...first, overwrite: 'ifEmpty', transforms: ['upper'] }, ...others],
  ] satisfies AttributeRow[][];
  return typed.map((attributes) => ({ ...rest, to: [{ ...only, attributes }] }));
};

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
      const open = () => openPreview(new Map(Object.entries(rules)), people);
      const preview = open();
      try {
        // As it is begun, and as it is come back to after others: what is remembered of them must not show.
        comparePreview(await preview(drawn.settings), drawn, new Map());
        for (const [at, other] of typedOver(drawn.settings).entries()) {
          if (at === number % 6) assert.deepEqual(await preview(other), await open()(other));
        }
        comparePreview(await preview(drawn.settings), drawn, seen);
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

  const value = { maxLength: 250, unit: 'characters' } as const;
  const rules = new Map([
    ['jira', { fields: {}, userProperty: { name: { ...value, pattern: '.+', takes: 'any name' }, value } }],
  ]);
  const row = (userProperty: string, from: AttributeRow['from'], over: Partial<AttributeRow> = {}): AttributeRow => ({
    ...{ userProperty, from, transforms: ['trim'], whenNoTransformApplies: 'useValue', whenEmpty: 'clearOurs' },
    ...{ overwrite: 'always', whenTooLong: 'skip', keepOrder: false, ...over },
  });
  const mapped = (...attributes: AttributeRow[]): MappingSettings => ({
    to: [{ target: 'jira', match: [{ username: 'login' }], attributes }],
  });
  const person = { person: 'id-1', attributes: { login: 'ada', city: 'Köln', title: 'Engineer' }, targets: {} };

  it('is of what a run would read: an expression that looks at everything sees what another row brings into view', async () => {
    const preview = openPreview(rules, [person]);
    const keys = row('Keys', "$join($sort($keys($)), ' ')", { uses: ['city'] });
    const given = async (settings: MappingSettings) => {
      const told = await preview(settings);
      assert.ok(told.ok);
      const end = told.ends[0]?.jira;
      return end?.kind === 'mapped' ? end.values[0]?.wanted : null;
    };
    assert.equal(await given(mapped(keys)), 'city login');
    assert.equal(await given(mapped(keys, row('Job title', 'title'))), 'city login title');
    assert.equal(await given(mapped(keys, row('Job title', 'titel'))), 'city login');
  });

  it('costs a keystroke the one expression it changed: no other is evaluated again', async () => {
    const preview = openPreview(rules, [person]);
    // Different whenever it is evaluated, for which reason no document may have it.
    const drawn = row('Drawn', '$string($random())', { uses: ['title', 'city'] });
    const values = async (typed: string) => {
      const told = await preview(mapped(drawn, row('Typed', typed)));
      const end = told.ok ? told.ends[0]?.jira : null;
      return end?.kind === 'mapped' ? end.values.map(({ wanted }) => wanted) : [];
    };
    const [first] = await values('title');
    for (const [typed, gives] of [
      ['$uppercase(title)', 'ENGINEER'],
      ["$join([title, city], '/')", 'Engineer/Köln'],
      ['title', 'Engineer'],
    ] as const) {
      assert.deepEqual(await values(typed), [first, gives]);
    }
  });
});
