import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { TargetMapping } from '../../src/core/mapping/settings.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import type { GuardSettings } from '../../src/core/plan/guard.ts';
import type { AttributeId } from '../../src/core/profile.ts';
import type { SourceUser } from '../../src/core/values.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { explainUser, type TargetExplanation } from '../../src/engine/questions/explain.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import type { Account } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { drawnAttributes, drawnHeld, drawnMapping, drawnRules } from '../fixtures/drawn-mappings.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const documents = 10;
const peopleEach = 100;

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
    .filter(({ decision }) => decision === 'set' || decision === 'clear')
    .map(({ attribute, before, after: wanted, foreign }) => [attribute, before, wanted, foreign])
    .sort(),
});

/** Over all documents: some of those drawn write nothing, all together must not. */
let written = 0;

for (let document = 0; document < documents; document += 1) {
  test(`what is explained is what a run does, for ${peopleEach} people and document ${document}`, async () => {
    const [settings] = sample(drawnMapping, 1, 300 + document);
    assert.ok(settings);
    // Its own target: an account belongs to the first connector that reaches it.
    const target = `jira-${document}`;
    const to: TargetMapping = {
      target,
      match: [{ username: 'login' }, { email: 'mail' }],
      attributes: settings.rows,
    };
    const people = new Map<string, SourceUser>();
    const accounts: Account[] = [];
    const draw = (seed: number) => sample(drawnAttributes, peopleEach, seed);
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
    // As the products do: an account that was deactivated since it was found says so when it is about to be written.
    const jira = memoryTarget(accounts, ({ key }) =>
      accounts.find((one) => one.key === key)?.active === false
        ? new Failure('rejected', 'The account is inactive.', { skips: 'inactive' })
        : null,
    );
    for (const [n, one] of sample(drawnHeld, peopleEach, 1_000 + document).entries()) {
      for (const [attribute, stands] of Object.entries(one)) {
        if (stands !== '') jira.held.get(`k${n}`)?.set(attribute as AttributeId, stands);
      }
    }
    const mapping = compileMapping(
      { scope: settings.scope, to: [to] },
      { attributes: new Map([[target, drawnRules]]) },
    );
    const connector: Omit<OpenConnector, 'version'> = {
      id: `doc-${document}`,
      source: memorySource(people, 50).source,
      targets: new Map([[target, openTarget(target, jira.target, 4)]]),
      mapping,
      guard: unguarded,
      patienceMs: 0,
      leavers: keepLeavers,
    };
    const running = await workerFor(ledger, connector);
    try {
      for (const round of ['first contact', 'with a ledger']) {
        if (round === 'with a ledger') {
          put(draw(50 + document), 3);
          for (const [n, account] of accounts.entries()) if (n % 19 === 0) accounts[n] = { ...account, active: false };
        }
        const told = new Map<string, TargetExplanation>();
        const { call } = startCall();
        const before = jira.journal.writes.length;
        for (const user of people.values()) {
          const { targets } = await explainUser({ ledger, connector: { ...connector, version: 1 }, call }, user);
          const explanation = targets[target];
          assert.ok(explanation);
          told.set(user.id, explanation);
        }
        assert.equal(jira.journal.writes.length, before);
        const { run } = await running.execute('fullSync', { connector: connector.id });
        const page = { after: null, limit: 10_000, target: null };
        const ended = new Map(
          (await listOutcomes(ledger, run, { ...page, outcome: null })).map((one) => [one.person, one]),
        );
        const changed = Map.groupBy(
          await listChanges(ledger, run, { ...page, status: 'applied' }),
          (one) => one.person,
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
