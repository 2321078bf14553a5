import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import { LeaverPageWire } from '../../src/api/schemas/leavers.ts';
import { reportText } from '../../src/client/report-text.ts';
import { storedOf } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { Failure } from '../../src/core/failure.ts';
import { type Report, type RunIntent, unaccounted } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { approvePlan } from '../../src/ledger/runs/decisions.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const logins = ['ann', 'ben', 'cid', 'dot', 'eve', 'fay'];
const people = new Map<string, SourceUser>(
  logins.map((login) => [login, { id: login, attributes: { login, title: `Title of ${login}` } }]),
);
const disabled = new Set<string>();
const provider = { isDown: false, forgetsPlaces: false, asked: [] as string[] };
const memory = memorySource(people, 2);
const source: IdentitySource = {
  ...memory.source,
  readPage: async (place, select, call) => {
    if (provider.forgetsPlaces && place.at === 'cursor') throw new Failure('cursorExpired', 'The place is gone.');
    return memory.source.readPage(place, select, call);
  },
  readUser: async (key) => {
    provider.asked.push(key);
    if (provider.isDown) throw new Failure('unavailable', 'No answer.', { waitMs: 60_000 });
    if (disabled.has(key)) throw new Failure('rejected', 'Left out.', { leftOut: 'disabled' });
    return people.get(key) ?? null;
  },
};
const jira = memoryTarget(logins.map((username) => ({ key: `key-${username}`, username, email: null, active: true })));
const leavers = { disabled: 'keep', outOfScope: { clear: '30d' }, deleted: { clear: '30d' } } as const;

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
  leavers,
});
after(async () => {
  await running.close();
  await database.close();
});

const start = async (intent: RunIntent = 'apply', mode = 'full'): Promise<Report> => {
  provider.asked.length = 0;
  jira.journal.writes.length = 0;
  const { run } = await running.execute('fullSync', { connector: 'acme', mode, intent });
  const report = (await findRun(ledger, run))?.report;
  assert.ok(report);
  assert.deepEqual(unaccounted(report), []);
  return report;
};

/** Lets so many days pass for those who wait. */
const wait = (days: number) => sql`update leaver set since = since - make_interval(days => ${days})`.execute(ledger.db);

const written = (): string[] => jira.journal.writes.map(({ username, value }) => `${username}=${value}`).sort();
const held = (login: string): string | undefined => jira.held.get(`key-${login}`)?.get('userProperty:Title');
const goes = (...gone: string[]): void => {
  for (const login of gone) people.delete(login);
};
const comesBack = (login: string): void => {
  people.set(login, { id: login, attributes: { login, title: `Title of ${login}` } });
};

test('a read that finds no end writes what it read, clears nobody and says so', async () => {
  await start();
  goes('ann');
  people.set('ben', { id: 'ben', attributes: { login: 'ben', title: 'Other title' } });
  provider.forgetsPlaces = true;
  const report = await start();
  provider.forgetsPlaces = false;
  assert.deepEqual([report.status, report.read.complete, report.read.proof], ['done', false, 'none']);
  assert.equal(report.targets.jira?.leavers, null);
  assert.match(reportText(report), /not reach the proven end.*nobody counts as gone/);
  assert.deepEqual([written(), provider.asked], [['ben=Other title'], []]);
});

test('whoever is missing is asked for by id, and told apart; an answer that does not come makes nobody a leaver', async () => {
  goes('ben');
  disabled.add('ben');
  provider.isDown = true;
  const silent = await start();
  assert.deepEqual([silent.targets.jira?.leavers?.unanswered, silent.targets.jira?.leavers?.deleted], [2, 0]);
  provider.isDown = false;
  const report = await start();
  const { disabled: off, deleted, waiting, due } = report.targets.jira?.leavers ?? {};
  assert.deepEqual([off, deleted, waiting, due], [1, 1, 1, 0]);
  assert.deepEqual(provider.asked.toSorted(), ['ann', 'ben']);
  assert.match(
    reportText(report),
    /jira: people who have left: 1 disabled; 1 deleted; 1 whose values are kept for now/,
  );
});

test('the API lists who waits for what until when', async () => {
  const { parts } = await apiParts(ledger);
  const { document } = await config.readDocument(
    documentWith({
      'lookup: { file: cost-centers.csv, key: code, value: name }': 'lookup: { values: { a: b } }',
      '    schedules:': '    leavers: { outOfScope: { clear: 30d }, deleted: { clear: 30d } }\n    schedules:',
    }),
  );
  assert.ok(document);
  const definition = definitionOf(document, 'acme');
  assert.ok(definition);
  assert.deepEqual(definition.connector.leavers, leavers);
  const stored = { connector: 'acme', managedBy: 'file', createdBy: 'test', comment: null } as const;
  await storeConnector(ledger, { ...stored, definition: storedOf(definition) });
  const token = await addToken(ledger, { name: 'reader', can: ['read'], createdBy: 'test' });
  const app = await createApi(parts);
  const list = async (query: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ url: `/api/connectors/acme/leavers?${query}`, headers });
    return LeaverPageWire.parse(answer.json());
  };
  const first = await list('limit=1');
  const { leavers: second } = await list(`limit=1&cursor=${first.next}`);
  const [ann, ben] = [...first.leavers, ...second];
  assert.deepEqual(
    [ann?.person, ann?.kind, ann?.state, ben?.person, ben?.kind, ben?.state],
    [...['ann', 'deleted', 'waiting'], ...['ben', 'disabled', 'kept']],
  );
  const days = (Date.parse(ann?.clearAt ?? '') - Date.parse(ann?.since ?? '')) / 86_400_000;
  assert.deepEqual([days, ann?.attributes, ben?.clearAt], [30, 1, null]);
  await app.close();
});

test('on return within the span nothing happens; after it the values are cleared, and on return written again', async () => {
  goes('cid');
  await start();
  await wait(29);
  comesBack('cid');
  assert.deepEqual([(await start()).targets.jira?.updated, written()], [0, []]);
  await wait(1);
  const report = await start();
  assert.deepEqual([report.targets.jira?.updated, report.targets.jira?.leavers?.due], [1, 1]);
  assert.deepEqual(written(), ['ann=null']);
  assert.deepEqual([held('ann'), held('ben'), held('cid')], [undefined, 'Other title', 'Title of cid']);
  assert.deepEqual([(await start()).targets.jira?.leavers?.due, written()], [0, []]);
  comesBack('ann');
  await start();
  assert.deepEqual([written(), held('ann')], [['ann=Title of ann'], 'Title of ann']);
});

test('who comes back while a plan waits is asked for again when it is applied, and left as they are', async () => {
  goes('dot', 'eve');
  await start();
  await wait(30);
  const plan = await start('plan');
  assert.equal(plan.targets.jira?.planned, 2);
  comesBack('dot');
  await approvePlan(ledger, { run: plan.run, who: 'test', comment: null });
  await running.execute('applyPlan', { run: plan.run });
  assert.deepEqual([written(), held('dot')], [['eve=null'], 'Title of dot']);
  const outcomes = await listOutcomes(ledger, plan.run, { after: null, limit: 10, target: null, outcome: 'skipped' });
  assert.deepEqual(
    outcomes.map(({ person, reason }) => [person, reason]),
    [['dot', 'notGone']],
  );
});

test('an account that somebody else has by now is theirs: nothing of it is cleared', async () => {
  goes('fay');
  await start();
  await wait(30);
  people.set('new', { id: 'new', attributes: { login: 'fay', title: 'Newcomer' } });
  const report = await start();
  assert.deepEqual([report.targets.jira?.ambiguous, report.targets.jira?.leavers?.due], [0, 0]);
  assert.deepEqual([written(), held('fay')], [['fay=Newcomer'], 'Newcomer']);
});
