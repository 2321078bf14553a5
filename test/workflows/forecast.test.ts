import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { planView } from '../../src/api/views/plan.ts';
import { guardSchema } from '../../src/config/schema/guard.ts';
import type { CompiledMapping } from '../../src/core/mapping/mapping.ts';
import type { AttributeId, Desired } from '../../src/core/profile.ts';
import type { JsonObject } from '../../src/core/values.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import { config } from '../config/fixtures.ts';
import { countedCall } from '../contract/target-lab.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { editedPeople } from '../fixtures/edited-people.ts';
import { openTarget, workerFor } from '../fixtures/runs.ts';
import { deps, openProduct, passwordAuth, tokenAuth } from '../targets/fixtures/sandbox.ts';

const size = 60;
const { put, source } = editedPeople(size, { a: 'A', b: 'B', c: 'C' });
const usernames = Array.from({ length: size }, (_, n) => ({ username: `u${n}` }));

const properties = ['userProperty:Title', 'userProperty:Team', 'userProperty:Site'] as const;
const fields = ['field:phone', 'field:position', 'userProperty:Title'] as const;

/** Every store of every target, with attributes of each kind that it keeps. */
const stores = {
  page: { kind: 'jira', attributes: properties, settings: { auth: passwordAuth } },
  entity: { kind: 'jira', attributes: properties, settings: { auth: tokenAuth, store: 'entityProperty' } },
  script: { kind: 'jira', attributes: properties, settings: { auth: tokenAuth, store: 'scriptRunner' } },
  form: { kind: 'confluence', attributes: fields, settings: { auth: passwordAuth, remoteApi: true } },
  formScript: { kind: 'confluence', attributes: fields, settings: { auth: tokenAuth, store: 'scriptRunner' } },
} as const;

const products = new Map(
  await Promise.all(
    Object.entries(stores).map(
      async ([id, { kind }]) =>
        [
          id,
          await openProduct(kind, usernames, {
            scriptRunner: true,
            ...(kind === 'confluence' ? { remoteApi: true } : {}),
          }),
        ] as const,
    ),
  ),
);
const definitionWith = (readBack: number): JsonObject => ({
  targets: Object.fromEntries(
    Object.entries(stores).map(([id, { kind, settings }]) => [
      id,
      { kind, url: products.get(id)?.url ?? '', readBack, ...settings },
    ]),
  ),
});
const opened = (definition: JsonObject) =>
  new Map(
    Object.entries(definition.targets ?? {}).map(([id, settings]) => {
      const target = targetDefinitions.get(settings.kind)?.open(settings, deps);
      assert.ok(target);
      return [id, openTarget(id, target, 2)];
    }),
  );

const mapping: CompiledMapping = {
  reads: { scope: [], attributes: new Map() },
  matchRules: new Map(Object.keys(stores).map((id) => [id, 'login'])),
  readsGroups: false,
  selection: ['login', 'a', 'b', 'c'],
  attributes: new Map(Object.entries(stores).map(([id, { attributes }]) => [id, attributes])),
  evaluate: async ({ attributes: of }) =>
    new Map(
      Object.entries(stores).map(([id, { attributes }]) => {
        const values = [of.a, of.b, of.c].map(String);
        const desired = new Map<AttributeId, Desired>(
          attributes.map((attribute, at) => [
            attribute,
            values[at] === ''
              ? { do: 'clear', whose: 'ours' }
              : { do: 'set', value: values[at] ?? '', overwrite: 'always' },
          ]),
        );
        const match = [{ by: 'username', values: [String(of.login)] }] as const;
        return [id, { kind: 'mapped', desired, rows: new Map(), match, kept: [] }];
      }),
    ),
};
const off = Object.fromEntries(
  ['changedPeople', 'clearedPeople', 'foreignOverwrites', 'newlyUnmatched', 'directoryShrink'].map((rule) => [
    rule,
    'off',
  ]),
);
const limits = { ...off, perAttribute: { changed: 'off', cleared: 'off' } };

const database = await freshDatabase();
const { ledger } = database;
const connector = {
  ...{ id: 'acme', source, mapping, guard: guardSchema.parse({ ...limits, window: limits }) },
  targets: opened(definitionWith(25)),
};
const running = await workerFor(ledger, connector);
after(async () => {
  await running.close();
  for (const target of connector.targets.values()) await target.close();
  for (const product of products.values()) await product.close();
  await database.close();
});

const callsOf = async (run: string): Promise<ReadonlyMap<string, { login: number; reads: number; writes: number }>> => {
  const { rows } = await sql<{ party: string; login: number; reads: number; writes: number }>`select party, login,
    listing + read as reads, write as writes from run_calls where run = ${run}`.execute(ledger.db);
  return new Map(rows.map(({ party, ...calls }) => [party, calls]));
};

/** Plans for everybody, tells what is forecast, approves, and counts what each product was sent. */
const approved = async (definition: JsonObject) => {
  running.pinned.version = await storeConnector(ledger, {
    ...{ connector: 'acme', managedBy: 'file', definition, createdBy: 'test', comment: null },
  });
  const { run } = await running.execute('fullSync', { connector: 'acme', mode: 'full', intent: 'plan' });
  const planned = await findRun(ledger, run);
  assert.ok(planned);
  const { forecast } = await planView(ledger, planned, Date.now(), config.requestsAt);
  const before = await callsOf(run);
  const journal = new Map([...products].map(([id, { requests }]) => [id, requests()]));
  await approvePlan(ledger, { run, who: 'ann', comment: null });
  assert.equal((await running.execute('applyPlan', { run })).status, 'done');
  const sent = await callsOf(run);
  const of = (id: string) => {
    const then = before.get(id) ?? { login: 0, reads: 0, writes: 0 };
    const now = sent.get(id) ?? then;
    const signIns = now.login - then.login;
    const seen = (products.get(id)?.requests() ?? 0) - (journal.get(id) ?? 0) - signIns;
    return { reads: now.reads - then.reads, writes: now.writes - then.writes, seen };
  };
  return { forecast: forecast.requests, sent: Object.fromEntries(Object.keys(stores).map((id) => [id, of(id)])) };
};

/** What the product sees of it: the opening of a run checks the credentials, besides. */
const withSeen = (forecast: Awaited<ReturnType<typeof approved>>['forecast']) =>
  Object.fromEntries(
    Object.entries(forecast).map(([id, one]) => [
      id,
      one === null ? null : { ...one, seen: one.reads + one.writes + 1 },
    ]),
  );

test('a plan that fills everything sends exactly what was forecast, the accounts that are read back included', async () => {
  const { forecast, sent } = await approved(definitionWith(25));
  assert.deepEqual(withSeen(forecast), sent);
  assert.deepEqual(forecast.page, { reads: size * 2 + 3 * 2, writes: size * 3 });
  assert.deepEqual(forecast.script, { reads: 3, writes: 2 }, 'fifty accounts in one request');
});

test('a plan that replaces, clears and leaves some values sends exactly what was forecast', async () => {
  for (const target of connector.targets.values()) await target.close();
  const definition = definitionWith(0);
  connector.targets = opened(definition);
  // Signed in, with an administrator's session where the product asks for one.
  for (const [id, target] of connector.targets) {
    const account = { key: 'KEY-u0', username: 'u0', email: null, active: true };
    await target.readProfile(account, mapping.attributes.get(id) ?? [], countedCall().call);
  }
  for (let n = 0; n < size; n += 1) {
    const some = [{ a: 'X', b: 'Y', c: 'Z' }, { a: 'X' }, { a: '', b: 'Y' }, { c: 'Z' }, {}][n % 5];
    put(n, some ?? {});
  }
  const { forecast, sent } = await approved(definition);
  assert.deepEqual(withSeen(forecast), sent);
});
