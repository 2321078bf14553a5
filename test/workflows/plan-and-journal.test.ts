import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { AttributeRow } from '../../src/core/mapping/settings.ts';
import type { RunIntent } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listChanges } from '../../src/ledger/plan/change-list.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, workerFor } from '../fixtures/runs.ts';
import { deps, openProduct, passwordAuth, type RunningProduct, token, tokenAuth } from '../targets/fixtures/sandbox.ts';

/** Every way in which values are kept at a product and written there. */
const stores = [
  { name: 'Jira, User Properties', kind: 'jira', options: {}, settings: {} },
  {
    name: 'Jira, endpoint script',
    kind: 'jira',
    options: { scriptRunner: true },
    settings: { auth: tokenAuth, store: 'scriptRunner' },
  },
  {
    name: 'Jira, entity properties',
    kind: 'jira',
    options: {},
    settings: { auth: tokenAuth, store: 'entityProperty' },
  },
  { name: 'Confluence, profile fields', kind: 'confluence', options: {}, settings: {} },
  {
    name: 'Confluence, endpoint script',
    kind: 'confluence',
    options: { scriptRunner: true },
    settings: { auth: tokenAuth, store: 'scriptRunner' },
  },
  {
    name: 'Confluence, remote API',
    kind: 'confluence',
    options: { remoteApi: true },
    settings: { remoteApi: true },
  },
] as const;
type Store = (typeof stores)[number];

/** The two attributes that are mapped, as a document names them and as the product does. */
const names = { jira: ['Job title', 'Desk'], confluence: ['position', 'location'] } as const;

const rowOf = (kind: Store['kind'], name: string, from: string): AttributeRow => ({
  ...(kind === 'jira' ? { userProperty: name } : { field: name }),
  from,
  transforms: [],
  whenNoTransformApplies: 'useValue',
  whenEmpty: 'clearOurs',
  overwrite: 'always',
  whenTooLong: 'truncate',
  keepOrder: false,
});

const size = 32;
/** What hurts where it is written without care. */
const odd = `<b>"Ä" & 'ß'</b> %41;=,+ 漢字`;
/** What is there when Attune comes: nothing, the same, something else, the same but for case, or what nobody asked for. */
const heldBefore = (n: number): string | null =>
  [null, `Title ${n}`, 'By hand', `TITLE ${n}`, 'Nobody asked', null, null, odd][n % 8] ?? null;
const wantedFirst = (n: number): string | null => ([4].includes(n % 8) ? null : n % 8 === 6 ? odd : `Title ${n}`);
const wantedThen = (n: number): string | null =>
  [`Title ${n}`, null, `Other ${n}`, odd, 'Somebody asks', null, `title ${n}`, `Title ${n}`][n % 8] ?? null;

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

/** What a product holds, by account and attribute. */
const heldAt = ({ store }: RunningProduct): Map<string, string> => {
  const { accounts, entityProperties } = store();
  return new Map(
    accounts.flatMap(({ key, username, properties }) =>
      [...Object.entries(properties), ...Object.entries(entityProperties[key] ?? {})].map(([name, value]) => [
        `${username} ${name}`,
        String(value),
      ]),
    ),
  );
};

/** The writes of a journal that changed anything, in order, over what was there: a form sends its other fields as well. */
const changesOf = ({ journal }: RunningProduct, before: ReadonlyMap<string, string>): string[] => {
  const held = new Map(before);
  return journal.entries().flatMap(({ note }) => {
    if (note === undefined) return [];
    const { account, attribute, op, value } = note;
    const writes = [
      ...(op === undefined || attribute === undefined ? [] : [{ attribute, op, value }]),
      ...(note.writes ?? []),
    ];
    return writes.flatMap((one) => {
      const name = 'account' in one && one.account !== undefined ? one.account : account;
      const place = `${name} ${one.attribute}`;
      const was = held.get(place) ?? null;
      const is = one.value ?? null;
      if (was === is) return [];
      if (is === null) held.delete(place);
      else held.set(place, is);
      return [`${place}: ${was} -> ${is}`];
    });
  });
};

const lab = async ({ kind, options, settings }: Store) => {
  const id = `${kind}-${randomUUID()}`;
  const [first, second] = names[kind];
  const inEntities = 'store' in settings && settings.store === 'entityProperty';
  const people = Array.from({ length: size }, (_, n) => {
    const held = heldBefore(n);
    return { username: `u${n}`, properties: inEntities || held === null ? {} : { [first]: held } };
  });
  const product = await openProduct(kind, people, options);
  for (let n = 0; n < size && inEntities; n += 1) {
    const url = `${product.url}/rest/api/2/user/properties/${encodeURIComponent(first)}?username=u${n}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const held = heldBefore(n);
    if (held !== null) await fetch(url, { method: 'PUT', headers, body: JSON.stringify(held) });
  }
  const given = { kind, url: product.url, auth: passwordAuth, readBack: 0, ...settings };
  const target =
    kind === 'jira'
      ? jira.open(jira.settings.parse(given), deps)
      : confluence.open(confluence.settings.parse(given), deps);
  const directory = new Map<string, SourceUser>();
  const want = (title: (n: number) => string | null, desk: (n: number) => string | null): void => {
    for (let n = 0; n < size; n += 1) {
      const attributes = { login: `u${n}`, title: title(n), desk: desk(n) };
      directory.set(`id-${n}`, { id: `id-${n}`, attributes });
    }
  };
  const to = [
    {
      target: id,
      match: [{ username: 'login' }],
      attributes: [rowOf(kind, first, 'title'), rowOf(kind, second, 'desk')],
    },
  ];
  const running = await workerFor(ledger, {
    id,
    source: memorySource(directory, 10).source,
    targets: new Map([[id, openTarget(id, target, 3)]]),
    mapping: compileMapping({ to }, { attributes: new Map([[id, target.attributes]]) }),
    guard: { ...defaultGuard, ignoreBelow: 1_000 },
  });
  return {
    product,
    want,
    sync: async (intent: RunIntent) => (await running.execute('fullSync', { connector: id, intent })).run,
    apply: (run: string) => running.execute('applyPlan', { run }),
    /** The plan of a run, in the words of the product. */
    planned: async (run: string): Promise<string[]> => {
      const page = { after: null, limit: 1_000, target: null, status: null } as const;
      return (await listChanges(ledger, run, page)).map(({ person, attribute, before, after: value }) => {
        const [, name = ''] = /^[^:]+:(.*)$/.exec(attribute) ?? [];
        return `${person.replace('id-', 'u')} ${name}: ${before} -> ${value}`;
      });
    },
    close: async () => {
      await running.close();
      await target.close();
      await product.close();
    },
  };
};

for (const store of stores) {
  test(`what stands in the plan is what is written, change by change, and nothing else: ${store.name}`, async () => {
    const { product, want, sync, apply, planned, close } = await lab(store);
    try {
      want(wantedFirst, (n) => (n % 3 === 0 ? null : `Desk ${n}`));
      const untouched = heldAt(product);
      product.journal.clear();
      const plan = await sync('plan');
      const changes = await planned(plan);
      assert.deepEqual([heldAt(product), changesOf(product, untouched)], [untouched, []], 'a plan writes nothing');
      const desks = Array.from({ length: size }, (_, n) => n).filter((n) => n % 3 !== 0).length;
      // Of eight people three get a title, three another one, one has it already, one is left alone.
      assert.equal(changes.length, desks + (size / 8) * 6);
      const digest = (await findRun(ledger, plan))?.planDigest ?? null;
      await approvePlan(ledger, { run: plan, who: 'ann', comment: null, digest });
      await apply(plan);
      assert.deepEqual(changesOf(product, untouched).sort(), changes.sort());

      want(wantedThen, (n) => (n % 2 === 0 ? `Desk ${n}` : null));
      const before = heldAt(product);
      product.journal.clear();
      const run = await sync('apply');
      const written = await planned(run);
      assert.ok(['filled', 'replaced', 'cleared'].every((kind) => written.some((one) => kindOf(one) === kind)));
      assert.deepEqual(changesOf(product, before).sort(), written.sort());
    } finally {
      await close();
    }
  });
}

const kindOf = (change: string): string =>
  change.includes(': null -> ') ? 'filled' : change.endsWith(' -> null') ? 'cleared' : 'replaced';
