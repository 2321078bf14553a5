import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { compileMapping } from '../../../src/core/mapping/compile.ts';
import type { AttributeRow } from '../../../src/core/mapping/settings.ts';
import type { Json, JsonObject } from '../../../src/core/values.ts';
import { row } from './fixtures.ts';

const long = 'x'.repeat(10_240);
const astronaut = '👩‍🚀';
const hebrew = 'שלום';

/** The hard values of one attribute, in the order of the tables below; `undefined` leaves it out. */
const values: readonly (readonly [name: string, value: Json | undefined])[] = [
  ['empty text', ''],
  ['null', null],
  ['absent', undefined],
  ['list', ['b', 'a']],
  ['object', { inner: 'x' }],
  ['number', 7],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['whitespace', ' \t'],
  ['10 kB', long],
  ['emoji', astronaut],
  ['right to left', hebrew],
];

const none = 'clear ours';
const any = 'clear any';
const keep = 'keep';
const fails = 'failed';
const skip = 'skipped';
const same = (...shown: readonly string[]): readonly string[] => values.map((_, index) => shown[index] ?? '?');

/** What one row makes of an attribute `a`, in a word; values it sets are shown as they are. */
const outcomeOf = async (settings: AttributeRow, a: Json | undefined, maxLength: number): Promise<string> => {
  const rule = { maxLength, unit: 'characters' } as const;
  const mapping = compileMapping(
    { to: [{ target: 't', match: [{ username: 'login' }], attributes: [settings] }] },
    { attributes: new Map([['t', { fields: { phone: rule }, userProperty: null }]]) },
  );
  const attributes: JsonObject = { login: 'joe', b: 'second', ...(a === undefined ? {} : { a }) };
  const result = (await mapping.evaluate({ id: '1', attributes })).get('t');
  if (result?.kind !== 'mapped') return result?.kind ?? '?';
  const desired = result.desired.get('field:phone');
  if (desired?.do === 'set') return desired.value;
  return desired?.do === 'clear' ? `clear ${desired.whose}` : (desired?.do ?? '?');
};

type Table = readonly (readonly [name: string, settings: Partial<AttributeRow>, expected: readonly string[]])[];

const check = (table: Table, maxLength = 20_000): void => {
  for (const [name, settings, expected] of table) {
    it(name, async () => {
      const found = await Promise.all(
        values.map(([, value]) => outcomeOf(row({ from: 'a', ...settings }), value, maxLength)),
      );
      assert.deepEqual(
        Object.fromEntries(values.map(([value], index) => [value, found[index]])),
        Object.fromEntries(values.map(([value], index) => [value, expected[index]])),
      );
    });
  }
};

const asIs = same(none, none, none, 'a, b', fails, '7', 'true', 'false', '0', none, long, astronaut, hebrew);

describe('every source of a value over every hard value', () => {
  const orSecond = (text: string) => `${text}-second`;
  const table: Table = [
    ['a path', { from: 'a' }, asIs],
    ['firstOf', { from: { firstOf: ['a', 'b'] } }, asIs.map((shown) => (shown === none ? 'second' : shown))],
    [
      'join',
      { from: { join: ['a', 'b'], with: '-' } },
      asIs.map((shown, index) =>
        shown === none ? 'second' : shown === fails ? fails : index === 3 ? 'b-a-second' : orSecond(shown),
      ),
    ],
    ['constant', { from: { constant: 'fixed' } }, values.map(() => 'fixed')],
    ['an empty constant', { from: { constant: '' } }, values.map(() => none)],
    [
      'JSONata: $string',
      { from: '$string(a)' },
      same(none, none, none, '["b","a"]', '{"inner":"x"}', '7', 'true', 'false', '0', none, long, astronaut, hebrew),
    ],
    [
      'JSONata: a function of texts',
      { from: '$uppercase(a)' },
      same(none, none, none, 'A, B', fails, fails, fails, fails, fails, none, long.toUpperCase(), astronaut, hebrew),
    ],
    [
      'JSONata: a path below',
      { from: 'a.inner' },
      same(none, none, none, none, 'x', none, none, none, none, none, none, none, none),
    ],
    [
      'JSONata: the first of several',
      { from: '(a)[0]' },
      same(none, none, none, 'b', fails, '7', 'true', 'false', '0', none, long, astronaut, hebrew),
    ],
    [
      'when: a condition on it',
      { when: '$exists(a)', from: { constant: 'there' } },
      values.map((_, index) => (index < 3 ? none : 'there')),
    ],
    [
      'when: its own truth',
      { when: 'a', from: { constant: 'there' } },
      values.map(([name], index) => (index < 3 || name === 'false' || name === 'zero' ? none : 'there')),
    ],
    ['keepOrder', { from: 'a', keepOrder: true }, asIs.map((shown) => (shown === 'a, b' ? 'b, a' : shown))],
  ];
  check(table);
});

describe('every transform over every hard value', () => {
  const each = (change: (text: string) => string, list: string): readonly string[] =>
    asIs.map((shown) => (shown === none || shown === fails ? shown : shown === 'a, b' ? list : change(shown)));
  check([
    ['trim', { transforms: ['trim'] }, asIs],
    ['lower', { transforms: ['lower'] }, asIs],
    ['upper', { transforms: ['upper'] }, each((text) => text.toUpperCase(), 'A, B')],
    [
      'capitalise',
      { transforms: ['capitalise'] },
      each((text) => text.charAt(0).toUpperCase() + text.slice(1), 'A, B'),
    ],
    [
      'replace',
      { transforms: [{ replace: { find: 'a', with: 'é' } }] },
      each((text) => text.replaceAll('a', 'é'), 'b, é'),
    ],
    [
      'regex',
      { transforms: [{ regex: { find: '^(.)(.*)$', replace: '$2$1' } }] },
      each((text) => [...text].slice(1).join('') + ([...text][0] ?? ''), 'a, b'),
    ],
    [
      'regex that leaves nothing',
      { transforms: [{ regex: { find: '^.*$', replace: '' } }] },
      asIs.map((shown) => (shown === fails ? fails : none)),
    ],
    [
      'lookup',
      { transforms: [{ lookup: { values: { '7': 'seven', a: 'Alpha', false: 'no', [hebrew]: 'peace' } } }] },
      each((text) => ({ '7': 'seven', false: 'no', [hebrew]: 'peace' })[text] ?? text, 'Alpha, b'),
    ],
  ]);
});

describe('every policy over every hard value', () => {
  const asEmpty = (shown: string) => asIs.map((one) => (one === none ? shown : one));
  const lookup = { transforms: [{ lookup: { values: { a: 'Alpha' } } }] };
  const unfitting = (shown: string) =>
    asIs.map((one) => (one === none || one === fails ? one : one === 'a, b' ? 'Alpha' : shown));
  check([
    ['whenEmpty: clearOurs', { whenEmpty: 'clearOurs' }, asEmpty(none)],
    ['whenEmpty: clear', { whenEmpty: 'clear' }, asEmpty(any)],
    ['whenEmpty: keep', { whenEmpty: 'keep' }, asEmpty(keep)],
    [
      'whenNoTransformApplies: useValue',
      { ...lookup, whenNoTransformApplies: 'useValue' },
      asIs.map((one) => (one === 'a, b' ? 'Alpha, b' : one)),
    ],
    ['whenNoTransformApplies: keep', { ...lookup, whenNoTransformApplies: 'keep' }, unfitting(keep)],
    ['whenNoTransformApplies: clear', { ...lookup, whenNoTransformApplies: 'clear' }, unfitting(none)],
    ['whenNoTransformApplies: skipUser', { ...lookup, whenNoTransformApplies: 'skipUser' }, unfitting(skip)],
  ]);
  check(
    [
      ['whenTooLong: skip', { whenTooLong: 'skip' }, asIs.map((one) => (one === long ? keep : one))],
      ['whenTooLong: truncate', { whenTooLong: 'truncate' }, asIs.map((one) => (one === long ? 'x'.repeat(20) : one))],
    ],
    20,
  );
});

describe('what the target could not give back', () => {
  it('line ends, unprintable characters and halves of characters never get into a value', async () => {
    assert.equal(await outcomeOf(row({ from: 'a' }), 'a\r\nb\rc\u0000\u0007\ud83dd\ufffe', 50), 'a\nb\nc\ufffdd');
    assert.equal(await outcomeOf(row({ from: 'a' }), '\u0000\u0007', 50), none);
  });
});

describe('every function the documentation offers', () => {
  const page = readFileSync(new URL('../../../docs/mapping.md', import.meta.url), 'utf8');
  const offered = [...page.matchAll(/^\| `(\$[a-zA-Z0-9]+\([^`]*)` \|/gm)].map(([, call]) => call ?? '');

  it('there are some', () => assert.ok(offered.length >= 20, String(offered)));
  for (const call of offered) {
    it(`${call} gives a result over null, absent, empty text and lists`, async () => {
      for (const value of [null, undefined, '', [], ['b', 'a'], [null, ''], ['one']]) {
        const outcome = await outcomeOf(row({ from: `$string(${call})` }), value, 20_000);
        assert.notEqual(outcome, fails, JSON.stringify(value));
      }
    });
  }
});
