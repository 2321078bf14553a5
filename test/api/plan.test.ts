import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import type { ChangeKindsWire, PlanWire } from '../../src/api/schemas/plans.ts';
import { planView } from '../../src/api/views/plan.ts';
import { plainJson } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { abilities } from '../../src/core/abilities.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { supersedePlans } from '../../src/ledger/runs/decisions.ts';
import { createRun, findRun } from '../../src/ledger/runs/runs.ts';
import { seal } from '../../src/ledger/sealing/sealed.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { type StoredChange, storeHeldPlan } from '../fixtures/plans.ts';

const company = (n: number, before: string | null, after: string | null): StoredChange => ({
  person: `id-${n}`,
  attribute: 'userProperty:Company',
  before,
  after,
});
const title = (n: number, foreign = false): StoredChange => ({
  person: `id-${n}`,
  attribute: 'userProperty:Title',
  before: foreign ? 'Boss' : null,
  after: 'Clerk',
  foreign,
});
const changes = [
  ...Array.from({ length: 20 }, (_, n) => company(n, 'Contoso', 'Legal')),
  ...Array.from({ length: 7 }, (_, n) => company(20 + n, 'Fabrikam', 'R&D')),
  ...Array.from({ length: 3 }, (_, n) => company(27 + n, 'Contoso', null)),
  ...Array.from({ length: 10 }, (_, n) => title(n, n === 0)),
  { ...title(40), target: 'wiki' },
];

describe('a held plan over HTTP', () => {
  let ledger: Ledger;
  let api: Api;
  let token = '';
  let viewer = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    const { parts } = await apiParts(ledger);
    token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
    viewer = await addToken(ledger, { name: 'ben', can: ['read'], createdBy: 'test' });
    api = await createApi(parts);
  });
  after(async () => {
    await api.close();
    await close();
  });

  const get = (url: string, by = token) => api.inject({ url, headers: { authorization: `Bearer ${by}` } });
  const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
    api.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${token}`, ...headers } });
  const plan = async (run: string): Promise<PlanWire> => {
    const answer = await get(`/api/runs/${run}/plan`, viewer);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.ok(!/Contoso|Legal|Clerk/.test(answer.body), 'no value leaves without the ability to see values');
    return answer.json<PlanWire>();
  };
  const statuses = async (run: string) => {
    const { rows } = await sql<{ attribute: string; target: string; status: string; count: number }>`select attribute,
      target, status, count(*)::integer as count from change where run = ${run} group by 1, 2, 3 order by 1, 2, 3`.execute(
      ledger.db,
    );
    return rows.map(({ attribute, target, status, count }) => `${attribute} ${target} ${status} ${count}`);
  };

  it('tells what, why, every figure, and what each attribute comes to', async () => {
    await storeHeldPlan(ledger, 'seen', changes);
    const found = await plan('seen');
    assert.equal(found.sentence, 'Held: 30 people of 100 would change Company at jira.');
    assert.match(found.cause, /^No run of this connector has been applied yet/);
    assert.deepEqual(
      found.figures.map(({ rule, found: n, limit, breach }) => [rule, n, limit, breach]),
      [
        ['perAttribute.changed', 30, 10, true],
        ['changedPeople', 5, 10, false],
      ],
    );
    assert.deepEqual(
      found.attributes.map((one) => [
        one.target,
        one.attribute,
        one.filled,
        one.replaced,
        one.cleared,
        one.foreign,
        one.breach,
      ]),
      [
        ['jira', 'userProperty:Company', 0, 27, 3, 0, true],
        ['jira', 'userProperty:Title', 9, 1, 0, 1, false],
        ['wiki', 'userProperty:Title', 1, 0, 0, 0, false],
      ],
    );
    assert.deepEqual([found.people, found.changes, found.decidable, found.expired], [31, 41, true, false]);
    const forecast = { requests: { jira: null, wiki: null }, seconds: null, pausesAt: null, endsAt: null };
    assert.deepEqual(found.forecast, forecast, 'the document has neither target today');
    assert.match(found.digest ?? '', /^[0-9a-f]{64}$/);
  });

  it('forecasts requests as the store of the target sends them, and time at the pace measured lately, within the hours of its targets', async () => {
    const hours = { from: '20:00', to: '06:00', timeZone: 'UTC' };
    const slow = {
      ...{ kind: 'jira', url: 'https://jira.acme.example', readBack: 1_000 },
      auth: { username: 'attune', password: { env: 'ATTUNE_SECRET_JIRA' } },
    };
    await storeConnector(ledger, {
      ...{ connector: 'timed', managedBy: 'api', createdBy: 'test', comment: null },
      definition: { connector: { to: [] }, targets: { slow: { ...slow, writeHours: hours } } },
    });
    const titles = (count: number): StoredChange[] =>
      Array.from({ length: count }, (_, n) => ({
        ...{ person: `t-${n}`, attribute: 'userProperty:Title', before: null, after: `Title ${n}`, target: 'slow' },
      }));
    await storeHeldPlan(ledger, 'measured', titles(101), { connector: 'timed' });
    await storeHeldPlan(ledger, 'timed', titles(3_000), { connector: 'timed' });
    const run = await findRun(ledger, 'timed');
    assert.ok(run);
    const at = (time: string): number => Date.parse(`2026-11-25T${time}:00Z`);
    const forecast = async (now: number) => (await planView(ledger, run, now, config.requestsAt)).forecast;
    const unmeasured = await forecast(at('05:50'));
    const requests = { slow: { reads: 2 * 3_000 + 2 * 3, writes: 3_000 } };
    assert.deepEqual([unmeasured.requests, unmeasured.seconds], [requests, null]);
    // A hundred spans of half a second.
    await sql`update change set status = 'applied', decided_at = now() + pos * interval '0.5 seconds'
      where run = 'measured'`.execute(ledger.db);
    await sql`update run set status = 'done' where id = 'measured'`.execute(ledger.db);
    const evening = await forecast(at('21:00'));
    assert.deepEqual(evening.requests, requests);
    const seconds = (3_000 * 50) / 101;
    assert.ok(Math.abs((evening.seconds ?? 0) - seconds) < 1, String(evening.seconds));
    assert.deepEqual([evening.pausesAt, evening.endsAt?.slice(0, 16)], [null, '2026-11-25T21:24']);
    // Ten minutes are left of the night: the rest is written from eight in the evening on.
    const morning = await forecast(at('05:50'));
    assert.equal(morning.pausesAt, '2026-11-25T06:00:00.000Z');
    assert.equal(morning.endsAt?.slice(0, 16), '2026-11-25T20:14');
    const noon = await forecast(at('12:00'));
    assert.deepEqual([noon.pausesAt, noon.endsAt?.slice(0, 16)], ['2026-11-25T12:00:00.000Z', '2026-11-25T20:24']);
  });

  it('has a digest that is the same for the same changes and another for any other', async () => {
    await storeHeldPlan(ledger, 'same', [...changes].reverse());
    await storeHeldPlan(ledger, 'other', [...changes.slice(1), company(0, 'Contoso', 'Legals')]);
    const [seen, same, other] = [await plan('seen'), await plan('same'), await plan('other')];
    assert.equal(same.digest, seen.digest);
    assert.notEqual(other.digest, seen.digest);
  });

  it('is listed by person, attribute, kind, whose value it is and target, with how many there are', async () => {
    const total = async (query: string): Promise<number> => {
      const answer = await get(`/api/runs/seen/changes?limit=2&${query}`);
      assert.equal(answer.statusCode, 200, answer.body);
      return answer.json<{ total: number }>().total;
    };
    assert.equal(await total(''), 41);
    assert.equal(await total('kind=cleared'), 3);
    assert.equal(await total('kind=filled'), 10);
    assert.equal(await total('kind=replaced&attribute=userProperty:Company'), 27);
    assert.equal(await total('foreign=true'), 1);
    assert.equal(await total('foreign=false&target=wiki'), 1);
    assert.equal(await total('person=id-3'), 2);
    assert.equal((await get('/api/runs/seen/changes?foreign=perhaps')).statusCode, 400);
    assert.equal((await get('/api/runs/seen/changes', viewer)).statusCode, 403);
  });

  it('is understood by its kinds of change, and by what is new to the attribute', async () => {
    const url = '/api/runs/seen/changes/kinds?target=jira&attribute=userProperty:Company';
    assert.equal((await get(url, viewer)).statusCode, 403);
    const all = (await get(url)).json<ChangeKindsWire>();
    assert.deepEqual(all, {
      kinds: [
        { before: 'Contoso', after: 'Legal', people: 20 },
        { before: 'Fabrikam', after: 'R&D', people: 7 },
        { before: 'Contoso', after: null, people: 3 },
      ],
      rest: { kinds: 0, people: 0 },
      newValues: { distinct: 2, unknownToAttribute: 2 },
    });
    const first = (await get(`${url}&limit=1`)).json<ChangeKindsWire>();
    assert.deepEqual([first.kinds.length, first.rest], [1, { kinds: 2, people: 10 }]);
  });

  it('knows a new value that an account holds which the plan does not touch', async () => {
    await sql`insert into profile (connector, target, person, values_sealed, source_read_at, last_run) values ('acme', 'jira',
      'id-99', ${seal(ledger, 'values', { target: 'jira', person: 'id-99' }, JSON.stringify([['userProperty:Company', { value: 'Legal', ours: true }]]))}, now(),
      'x')`.execute(ledger.db);
    const url = '/api/runs/other/changes/kinds?target=jira&attribute=userProperty:Company';
    assert.deepEqual((await get(url)).json<ChangeKindsWire>().newValues, { distinct: 3, unknownToAttribute: 2 });
  });

  it('calls a value new that stands there only since the plan itself was carried out', async () => {
    await storeHeldPlan(ledger, 'written', changes);
    await sql`insert into profile (connector, target, person, values_sealed, source_read_at, last_run) values ('acme', 'jira',
      'id-20', ${seal(ledger, 'values', { target: 'jira', person: 'id-20' }, JSON.stringify([['userProperty:Company', { value: 'R&D', ours: true }]]))},
      now(), 'x')`.execute(ledger.db);
    const url = '/api/runs/written/changes/kinds?target=jira&attribute=userProperty:Company';
    // Somebody outside the plan holds the other new value, as above.
    assert.deepEqual((await get(url)).json<ChangeKindsWire>().newValues, { distinct: 2, unknownToAttribute: 1 });
  });

  it('is approved without some parts, by whoever has seen it, and what is left out is never written', async () => {
    await storeHeldPlan(ledger, 'parts', changes);
    const { digest } = await plan('parts');
    const without = [{ attribute: 'userProperty:Company' }, { target: 'wiki' }];
    const stale = await post('/api/runs/parts/approve', { without }, { 'if-match': `"${'0'.repeat(64)}"` });
    assert.equal(stale.statusCode, 412, stale.body);
    assert.equal(stale.headers.etag, `"${digest}"`);
    const nothing = await post('/api/runs/parts/approve', { without: [{ attribute: 'userProperty:Compony' }] });
    assert.equal(nothing.statusCode, 422);
    assert.match(nothing.json().detail, /nothing for userProperty:Compony/);
    const everything = await post('/api/runs/parts/approve', { without: [{ target: 'jira' }, { target: 'wiki' }] });
    assert.match(everything.json().detail, /leaves nothing in the plan/);
    assert.equal((await plan('parts')).decision, null, 'a refused decision leaves no trace');
    const comment = 'titles are fine';
    const answer = await post('/api/runs/parts/approve', { without, comment }, { 'if-match': `"${digest}"` });
    assert.equal(answer.statusCode, 202, answer.body);
    assert.deepEqual(await statuses('parts'), [
      'userProperty:Company jira leftOut 30',
      'userProperty:Title jira planned 10',
      'userProperty:Title wiki leftOut 1',
    ]);
    const decided = await plan('parts');
    assert.deepEqual(
      [decided.decision?.by, decided.decision?.comment, decided.decision?.without],
      ['ada', comment, without],
    );
    const [line] = await listAudit(ledger, 1);
    assert.equal(line?.comment, 'without userProperty:Company, wiki: titles are fine');
    const reasons = (await get('/api/runs/parts/reasons', viewer)).json<{
      reasons: { reason: string; people: number }[];
    }>();
    assert.deepEqual(
      reasons.reasons.map(({ reason, people }) => [reason, people]),
      [
        ['planned', 10],
        ['leftOut', 20],
        ['leftOut', 1],
      ],
    );
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from staged_user
      where run = 'parts' and in_part`.execute(ledger.db);
    assert.equal(rows[0]?.n, 10, 'whoever is written in part never counts as in tune');
  });

  it('that was superseded is refused with what superseded it, and stays readable', async () => {
    await storeHeldPlan(ledger, 'old', changes);
    const { digest } = await plan('old');
    await supersedePlans(ledger, { id: 'newer', connector: 'acme', mode: 'full', retryOf: null }, true);
    const late = await post('/api/runs/old/approve', {}, { 'if-match': `"${digest}"` });
    assert.equal(late.statusCode, 412);
    assert.match(late.json().detail, /superseded by run newer/);
    assert.equal((await post('/api/runs/old/reject', {}, { 'if-match': `"${digest}"` })).statusCode, 412);
    assert.equal((await post('/api/runs/old/approve', {})).statusCode, 409);
    const found = await plan('old');
    assert.deepEqual(
      [found.status, found.supersededBy, found.changes, found.digest],
      ['superseded', 'newer', 41, digest],
    );
  });

  it('that expired says when, and stays readable', async () => {
    await storeHeldPlan(ledger, 'late', changes);
    await sql`update run set plan_expires_at = now() - interval '1 minute' where id = 'late'`.execute(ledger.db);
    assert.match((await post('/api/runs/late/approve', {})).json().detail, /expired at \d{4}-.*nobody had decided/);
    const found = await plan('late');
    assert.deepEqual([found.expired, found.decidable, found.changes], [true, false, 41]);
  });

  it('names what changed in the document since the last run that was applied', async () => {
    await createRun(ledger, newRun('applied'));
    await finish(ledger, 'applied', 'done');
    const definition = { source: { kind: 'entra', auth: { clientSecret: { env: 'ATTUNE_SECRET_NEW' } } } };
    const version = await storeConnector(ledger, {
      ...{ connector: 'acme', managedBy: 'api', definition, createdBy: 'cleo', comment: null },
    });
    await storeHeldPlan(ledger, 'since', changes, { version });
    const found = await plan('since');
    assert.equal(found.sinceApplied?.run, 'applied');
    assert.deepEqual(
      found.sinceApplied?.differences.map(({ path }) => path),
      ['source.auth.clientSecret.env'],
    );
    assert.match(found.cause, /^The document changed in one place since .*version 1, now 2.*clientSecret/);
  });

  it('compares with the last run all of which was let through: one without a part brought no document into effect', async () => {
    const store = (n: number) =>
      storeConnector(ledger, {
        ...{ connector: 'partly', managedBy: 'api', createdBy: 'cleo', comment: null },
        definition: {
          connector: { to: [{ target: 'jira', attributes: [{ userProperty: 'Company', from: `from${n}` }] }] },
        },
      });
    const done = async (id: string, version: number): Promise<void> => {
      await createRun(ledger, { ...newRun(id, 'partly'), version });
      await finish(ledger, id, 'done');
    };
    await done('partly-whole', await store(1));
    const version = await store(2);
    // The new row was held alone, and what was held went to a later run.
    await done('partly-held', version);
    await createRun(ledger, { ...newRun('partly-held-held', 'partly'), version, heldFrom: 'partly-held' });
    await finish(ledger, 'partly-held-held', 'superseded');
    await storeHeldPlan(ledger, 'partly-now', changes, { connector: 'partly', version });
    assert.deepEqual((await plan('partly-now')).sinceApplied?.run, 'partly-whole');
    assert.match(
      (await plan('partly-now')).cause,
      /^The document changed in one place .*\[userProperty:Company\]\.from/,
    );
    // Approved without the new row, and carried out.
    assert.equal((await post('/api/runs/partly-now/approve', { without: [{ target: 'wiki' }] })).statusCode, 202);
    await finish(ledger, 'partly-now', 'done');
    await storeHeldPlan(ledger, 'partly-next', changes, { connector: 'partly', version });
    assert.deepEqual((await plan('partly-next')).sinceApplied?.run, 'partly-whole');
    await done('partly-all', version);
    await storeHeldPlan(ledger, 'partly-last', changes, { connector: 'partly', version });
    assert.deepEqual((await plan('partly-last')).sinceApplied?.run, 'partly-all');
  });

  it('tells what plans that wait hold for one person, and nothing of those decided over', async () => {
    await storeHeldPlan(ledger, 'holding', [{ ...title(1), person: 'source-id' }, company(2, 'a', 'b')]);
    await storeHeldPlan(ledger, 'done-with', [{ ...title(1), person: 'source-id' }]);
    await post('/api/runs/done-with/reject', {});
    // What was only planned holds what is at fault in it.
    const both: StoredChange[] = [
      { ...title(1), person: 'source-id' },
      { ...company(1, 'a', 'b'), person: 'source-id' },
    ];
    await storeHeldPlan(ledger, 'only-planned', both);
    await sql`update run set status = 'planned', intent = 'plan', started_at = now() + interval '1 second',
      guard = guard || '{"atFault": [{"target": "jira", "attribute": "userProperty:Company"}]}' where id = 'only-planned'`.execute(
      ledger.db,
    );
    const answer = await get('/api/connectors/acme/held-changes?user=ada@acme.example');
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(answer.json(), {
      person: 'source-id',
      changes: [
        { run: 'holding', target: 'jira', attribute: 'userProperty:Title' },
        { run: 'only-planned', target: 'jira', attribute: 'userProperty:Company' },
      ],
    });
  });

  it('is approved by another pair of eyes, where the plan or the document of today asks for two', async () => {
    let days = 7;
    const store = async (fourEyes: boolean, createdBy: string): Promise<number> => {
      days += 1;
      const text = documentWith({
        'id: acme': 'id: eyes',
        '    schedules:': `    guard: { fourEyes: ${fourEyes}, planExpires: ${days}d }\n    schedules:`,
        '- lookup: { file: cost-centers.csv, key: code, value: name }': '- upper',
        '            whenNoTransformApplies: keep': '',
      });
      const { document, problems } = await config.readDocument(text);
      assert.ok(document, JSON.stringify(problems));
      const definition = definitionOf(document, 'eyes');
      assert.ok(definition);
      return storeConnector(ledger, {
        ...{ connector: 'eyes', managedBy: 'api', createdBy, comment: null, definition: plainJson(definition) },
      });
    };
    const held = async (id: string, version: number, startedBy: string): Promise<number> => {
      await storeHeldPlan(ledger, id, changes, { connector: 'eyes', version, startedBy });
      return (await post(`/api/runs/${id}/approve`, {})).statusCode;
    };
    const asked = await store(true, 'ada');
    assert.equal(await held('eyes-stored', asked, 'schedule'), 403);
    const others = await store(true, 'cleo');
    assert.equal(await held('eyes-started', others, 'ada'), 403);
    assert.equal(await held('eyes-other', others, 'schedule'), 202);
    // Taking the rule away does not let through what was planned under it.
    const without = await store(false, 'ada');
    assert.equal(await held('eyes-before', asked, 'schedule'), 403);
    assert.equal(await held('eyes-after', without, 'ada'), 202);
  });
});
