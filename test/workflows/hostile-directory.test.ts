import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow } from '../../src/core/mapping/settings.ts';
import type { Json, SourceUser } from '../../src/core/values.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';

const database = await freshDatabase();
after(() => database.close());

const row = (userProperty: string, from: AttributeRow['from'], more: Partial<AttributeRow> = {}): AttributeRow => ({
  userProperty,
  from,
  transforms: [],
  whenNoTransformApplies: 'useValue',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'skip',
  keepOrder: false,
  ...more,
});

/** Rows that are slow, deep or large wherever the engine below them has no bound of its own. */
const rows = [
  row('Title', 'title'),
  row('Regex', '$replace(title, /^(a+)+$/, "matched")'),
  row('Transformed', 'title', { transforms: [{ regex: { find: '(x+x+)+y', replace: '-' } }] }),
  row('Padded', '$pad(title, width)'),
  row('Recursive', '($f := function($x) { $exists($x.inner) ? $f($x.inner) : $x.title }; $f(nested))'),
  row('Pairs', '$join(list.($x := $; %.list[$ = $x]), "")', { uses: ['list'] }),
];

const deep = (levels: number): Json => {
  let value: Json = { title: 'bottom' };
  for (let level = 0; level < levels; level += 1) value = { inner: value };
  return value;
};

/** A person's worth of trouble each. */
const troubles: Record<string, Readonly<Record<string, Json>>> = {
  regex: { title: `${'a'.repeat(50_000)}!` },
  transform: { title: 'x'.repeat(50_000) },
  megabyte: { title: 'm'.repeat(1_000_000) },
  width: { title: 'w', width: 2_000_000_000 },
  nested: { title: 'n', nested: deep(5_000) },
  recursion: { title: 'r', nested: deep(25) },
  list: { title: 'l', list: Array.from({ length: 9_999 }, (_, index) => `item ${index}`) },
  longList: { title: 'l', list: Array.from({ length: 50_000 }, (_, index) => `item ${index}`) },
  proto: JSON.parse('{ "title": "p", "__proto__": { "title": "polluted" }, "constructor": "c" }'),
  object: { title: { secret: 'value' } },
};

test('a hostile directory costs its own people their turn, and nobody else anything', async () => {
  const people = new Map<string, SourceUser>();
  const put = (name: string, attributes: Readonly<Record<string, Json>>) =>
    people.set(name, { id: name, attributes: { ...attributes, login: name } });
  for (const [name, attributes] of Object.entries(troubles)) put(name, attributes);
  for (let n = 0; n < 50; n += 1) put(`good${n}`, { title: `Engineer ${n}` });
  const accounts = [...people.keys()].map((name) => ({ key: name, username: name, email: null, active: true }));
  const jira = memoryTarget(accounts);
  const rule = { maxLength: 250, unit: 'characters' } as const;
  const rules = { fields: {}, userProperty: { name: { ...rule, pattern: '.+', takes: 'any name' }, value: rule } };
  const mapping = compileMapping(
    { to: [{ target: 'jira', match: [{ username: 'login' }], attributes: rows }] },
    { attributes: new Map([['jira', rules]]) },
  );
  const running = await workerFor(database.ledger, {
    id: 'acme',
    source: memorySource(people, 20).source,
    targets: new Map([['jira', openTarget('jira', jira.target, 4)]]),
    mapping,
    guard: defaultGuard,
  });
  try {
    const { run } = await running.execute('fullSync', { connector: 'acme' });
    const page = { after: null, limit: 1_000, target: null };
    const outcomes = await listOutcomes(database.ledger, run, { ...page, outcome: null });
    const reasons = new Map(outcomes.map((one) => [one.person, `${one.outcome}: ${one.facts.said ?? one.reason}`]));
    for (let n = 0; n < 50; n += 1) {
      assert.equal(jira.held.get(`good${n}`)?.get('userProperty:Title'), `Engineer ${n}`);
    }
    for (const [name, words] of [
      ['megabyte', /^failed: the person: the attributes that are read exceed/],
      ['nested', /^failed: the person: an attribute has more than/],
      ['longList', /^failed: the person: a list has more than/],
      ['width', /^failed: jira: userProperty:Padded: \$pad\(title, width\) cannot be evaluated/],
      ['object', /^failed: jira: userProperty:Title: title gives an object/],
    ] as const) {
      assert.match(reasons.get(name) ?? '', words);
      assert.deepEqual([...(jira.held.get(name) ?? [])], [], name);
    }
    assert.equal(jira.held.get('recursion')?.get('userProperty:Recursive'), 'bottom');
    assert.equal(jira.held.get('proto')?.get('userProperty:Title'), 'p');
    for (const { username, value } of jira.journal.writes) {
      const own = JSON.stringify(people.get(username)?.attributes ?? {});
      assert.ok(own.includes((value ?? '').trim().slice(0, 20)), `${username} got another person's value`);
    }
    assert.doesNotMatch(JSON.stringify(outcomes), /secret|item 4/);
    assert.equal('polluted' in {}, false);
  } finally {
    await running.close();
  }
});
