import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { GuardSettings } from '../../src/core/guard.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow, TargetMapping } from '../../src/core/mapping/settings.ts';
import type { AttributeId, TargetAttributes } from '../../src/core/profile.ts';
import type { Json, SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/connector.ts';
import { explainUser, type TargetExplanation } from '../../src/engine/explain.ts';
import { listChanges } from '../../src/ledger/change-list.ts';
import { listOutcomes } from '../../src/ledger/outcomes.ts';
import type { Account } from '../../src/targets/target.ts';
import type { RunResult } from '../../workflows/run.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, workerFor } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const documents = 10;
const peopleEach = 100;

const rule = { maxLength: 40, unit: 'characters' } as const;
const rules: TargetAttributes = {
  fields: { phone: rule, location: rule },
  userProperty: { name: { ...rule, pattern: '.+' }, value: rule },
};
const names = ['title', 'city', 'phones', 'kind', 'nested'] as const;
const path = fc.constantFrom(...names, 'nested.inner', '$uppercase(title)', "$join(phones, '/')", 'absent');
const row = fc.record({
  attribute: fc.constantFrom<Pick<AttributeRow, 'field' | 'userProperty'>>(
    { field: 'phone' },
    { field: 'location' },
    { userProperty: 'Title' },
    { userProperty: 'Team' },
  ),
  when: fc.option(fc.constantFrom("kind = 'staff'", '$exists(city)', "$not(title = 'x')"), { nil: undefined }),
  from: fc.oneof(
    path,
    fc.record({ constant: fc.constantFrom('fixed', '') }),
    fc.record({ firstOf: fc.array(path, { minLength: 1, maxLength: 3 }) }),
    fc.record({ join: fc.array(path, { minLength: 1, maxLength: 3 }), with: fc.constantFrom(', ', '') }),
  ),
  transforms: fc.array(
    fc.constantFrom<AttributeRow['transforms'][number]>(
      'trim',
      'upper',
      { replace: { find: 'a', with: 'b' } },
      { regex: { find: '^(.)(.*)$', replace: '$2$1' } },
      { lookup: { values: { Köln: 'Cologne', x: '' } } },
    ),
    { maxLength: 3 },
  ),
  whenNoTransformApplies: fc.oneof(
    { arbitrary: fc.constantFrom('useValue', 'keep', 'clear' as const), weight: 12 },
    fc.constant('skipUser' as const),
  ),
  whenEmpty: fc.constantFrom('clearOurs', 'clear', 'keep' as const),
  overwrite: fc.constantFrom('always', 'ifEmpty', 'onlyOurs' as const),
  whenTooLong: fc.constantFrom('skip', 'truncate' as const),
  keepOrder: fc.boolean(),
});
const mappingSettings = fc.record({
  scope: fc.option(fc.constantFrom("$not(kind = 'robot')", '$exists(title)'), { nil: undefined }),
  rows: fc.array(row, { minLength: 2, maxLength: 7 }),
});
const text = fc.constantFrom('', ' ', 'x', 'Köln', 'Ada Lovelace', '  padded ', '😀', 'a'.repeat(60), 'שלום');
// Mostly text: a number in $uppercase fails its person, and most people should get as far as a decision.
const value: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: text, weight: 30 },
  fc.constant(null),
  fc.nat(9),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
);
const attributes = fc.record(
  {
    title: value,
    city: value,
    phones: fc.array(text, { maxLength: 3 }),
    kind: fc.constantFrom('staff', 'robot'),
    nested: fc.oneof({ arbitrary: value, weight: 12 }, fc.record({ inner: value })),
  },
  { requiredKeys: [] },
);
const held = fc.record(
  { 'field:phone': text, 'field:location': text, 'userProperty:Title': text, 'userProperty:Team': text },
  { requiredKeys: [] },
);

const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] =>
  fc.sample(arbitrary, { numRuns: count, seed });

/** No drawn document is held: what its plan would write must be written. */
const unlimited = { percent: 100, count: 1_000_000 };
const unguarded: GuardSettings = {
  ...defaultGuard,
  ignoreBelow: 1_000,
  changedPeople: unlimited,
  clearedPeople: unlimited,
  foreignOverwrites: unlimited,
  perAttribute: { changed: unlimited, cleared: unlimited },
  newlyUnmatched: unlimited,
};

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

/** What a run did, in the words of an explanation; null for nothing. */
const shown = ({ outcome, reason, attributes: all }: TargetExplanation) => ({
  outcome: outcome === 'planned' ? 'updated' : outcome,
  reason: outcome === 'planned' ? 'written' : outcome === 'unchanged' ? '' : reason,
  changes: all
    .filter(({ verdict }) => verdict === 'set' || verdict === 'clear')
    .map(({ attribute, before, after: wanted, foreign }) => [attribute, before, wanted, foreign])
    .sort(),
});

/** Over all documents: some of those drawn write nothing, all together must not. */
let written = 0;

for (let document = 0; document < documents; document += 1) {
  test(`what is explained is what a run does, for ${peopleEach} people and document ${document}`, async () => {
    const [settings] = sample(mappingSettings, 1, 300 + document);
    assert.ok(settings);
    // Its own target: an account belongs to the first connector that reaches it.
    const target = `jira-${document}`;
    const to: TargetMapping = {
      target,
      match: [{ username: 'login' }, { email: 'mail' }],
      attributes: settings.rows.map(({ attribute, ...rest }) => ({ ...attribute, ...rest })),
    };
    const people = new Map<string, SourceUser>();
    const accounts: Account[] = [];
    const draw = (seed: number) => sample(attributes, peopleEach, seed);
    const put = (all: ReturnType<typeof draw>, every: number): void => {
      for (const [n, one] of all.entries()) {
        if (n % every !== 0) continue;
        const id = `id-${n}`;
        // Some have no account, some one found by mail alone, some two of one mail.
        const login = n % 13 === 0 ? `nobody-${n}` : `u${n}`;
        people.set(id, {
          id,
          attributes: { ...one, login, mail: `m${n % 13 === 0 && n % 2 === 0 ? 0 : n}@x.example` },
        });
      }
    };
    put(draw(document), 1);
    for (let n = 0; n < peopleEach; n += 1) {
      const email = n % 26 === 0 ? 'm0@x.example' : `m${n}@x.example`;
      accounts.push({ key: `k${n}`, username: n % 13 === 0 ? `old-${n}` : `u${n}`, email, active: n % 17 !== 0 });
    }
    const jira = memoryTarget(accounts);
    for (const [n, one] of sample(held, peopleEach, 1_000 + document).entries()) {
      for (const [attribute, stands] of Object.entries(one)) {
        if (stands !== '') jira.held.get(`k${n}`)?.set(attribute as AttributeId, stands);
      }
    }
    const mapping = compileMapping({ scope: settings.scope, to: [to] }, { attributes: new Map([[target, rules]]) });
    const connector: Omit<OpenConnector, 'version'> = {
      id: `doc-${document}`,
      source: memorySource(people, 50).source,
      targets: new Map([[target, { target: jira.target, inFlight: 4 }]]),
      mapping,
      guard: unguarded,
    };
    const running = await workerFor(ledger, connector);
    try {
      for (const round of ['first contact', 'with a ledger']) {
        if (round === 'with a ledger') put(draw(50 + document), 3);
        const told = new Map<string, TargetExplanation>();
        const { call } = startCall();
        const before = jira.journal.writes.length;
        for (const user of people.values()) {
          const { targets } = await explainUser(ledger, { ...connector, version: 1 }, user, call);
          const explanation = targets[target];
          assert.ok(explanation);
          told.set(user.id, explanation);
        }
        assert.equal(jira.journal.writes.length, before);
        const { run } = await running.client.workflow.execute<(input: object) => Promise<RunResult>>('fullSync', {
          args: [{ connector: connector.id }],
          taskQueue: running.queue,
          workflowId: `test/${randomUUID()}`,
        });
        const page = { after: null, limit: 10_000, target: null };
        const ended = new Map(
          (await listOutcomes(ledger, run, { ...page, outcome: null })).map((one) => [one.sourceId, one]),
        );
        const changed = Map.groupBy(
          await listChanges(ledger, run, { ...page, status: 'applied' }),
          (one) => one.sourceId,
        );
        for (const [id, explanation] of told) {
          const outcome = ended.get(id);
          const changes = (changed.get(id) ?? []).map((one) => [one.attribute, one.before, one.after, one.foreign]);
          const did = {
            outcome: outcome?.outcome ?? 'unchanged',
            reason: outcome?.reason ?? '',
            changes: changes.sort(),
          };
          assert.deepEqual(did, shown(explanation), `${round}, ${id}`);
          written += changes.length;
        }
      }
    } finally {
      await running.close();
    }
  });
}

test('the documents drawn write a good deal', () => assert.ok(written > 500, `${written} changes`));
