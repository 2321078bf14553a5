import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import { VersionDiffWire } from '../../src/api/schemas/connectors.ts';
import { HealthWire } from '../../src/api/schemas/health.ts';
import { OverviewWire } from '../../src/api/schemas/overview.ts';
import { ScheduleListWire } from '../../src/api/schemas/schedules.ts';
import { TargetListWire } from '../../src/api/schemas/targets.ts';
import { plainJson } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { noteOutage } from '../../src/ledger/runs/outages.ts';
import { addCalls, createRun } from '../../src/ledger/runs/runs.ts';
import { acquireSlots } from '../../src/ledger/runs/slots.ts';
import { addRequests } from '../../src/ledger/runs/totals.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('the installation over HTTP', () => {
  let ledger: Ledger;
  let api: Api;
  let asked: unknown[] = [];
  let token = '';
  let viewer = '';
  let close = async (): Promise<void> => undefined;

  const stores = async (changes: Record<string, string> = {}): Promise<void> => {
    const { document } = await config.readDocument(
      documentWith({
        'lookup: { file: cost-centers.csv, key: code, value: name }': 'lookup: { values: { a: b } }',
        ...changes,
      }),
    );
    const definition = document === null ? null : definitionOf(document, 'acme');
    assert.ok(definition !== null);
    await storeConnector(ledger, {
      connector: 'acme',
      managedBy: 'api',
      definition: plainJson(definition),
      createdBy: 'ada',
      comment: null,
    });
  };

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    const made = await apiParts(ledger);
    ({ asked } = made);
    token = await addToken(ledger, { name: 'ada', can: ['read', 'run', 'configure'], createdBy: 'test' });
    viewer = await addToken(ledger, { name: 'eve', can: ['read'], createdBy: 'test' });
    const ready = { database: async () => null, worker: async () => 'takes no work' };
    api = await createApi({ ...made.parts, ready });
    await stores();
  });
  after(async () => {
    await api.close();
    await close();
  });
  const get = (url: string) => api.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const post = (url: string, payload: object = {}, bearer = token) =>
    api.inject({ method: 'POST', url, headers: { authorization: `Bearer ${bearer}` }, payload });

  it('tells how each part is, and what it keeps', async () => {
    const health = HealthWire.parse((await get('/api/health')).json());
    assert.deepEqual(health.parts, [
      { name: 'database', ok: true, said: null },
      { name: 'worker', ok: false, said: 'takes no work' },
    ]);
    assert.ok((health.ledger?.bytes ?? 0) > 1_000_000);
    assert.match(health.ledger?.schema ?? '', /^\d{4}-/);
  });

  it('shows targets with their limits, the slots in use, requests and what was last seen', async () => {
    await createRun(ledger, newRun('asked'));
    await addCalls(ledger, 'asked', 'jira-eu', { login: 1, listing: 2, read: 3, write: 4 });
    const slots = { want: 2, inFlight: 4, holder: 'me', single: false, seconds: 30 };
    assert.equal(await acquireSlots(ledger, 'jira-eu', slots), 2);
    await sql`insert into connection_check (connector, party, who, lines)
      values ('acme', 'jira-eu', 'ada', '[{"what":"login","ok":false,"found":"refused","remedy":"Renew it."}]')`.execute(
      ledger.db,
    );
    const { targets } = TargetListWire.parse((await get('/api/targets')).json());
    const jira = targets.find(({ id }) => id === 'jira-eu');
    assert.deepEqual(
      [jira?.kind, jira?.url, jira?.connectors, jira?.inFlight, jira?.slots, jira?.requests],
      [
        'jira',
        'https://jira.acme.example',
        ['acme'],
        4,
        { used: 2, waiting: 0 },
        { login: 1, listing: 2, read: 3, write: 4 },
      ],
    );
    assert.deepEqual(
      jira?.checks.map(({ by, ok, lines }) => [by, ok, lines[0]?.remedy]),
      [['ada', false, 'Renew it.']],
    );
    assert.deepEqual(targets.find(({ id }) => id === 'wiki')?.slots, { used: 0, waiting: 0 });
    assert.deepEqual([jira?.throttled, jira?.away], [{ answers: 0, of: 0 }, null]);
    await addRequests(ledger, 'asked', 'jira-eu', [
      { kind: 'write', answer: '2xx', requests: 30 },
      { kind: 'write', answer: '429', requests: 2 },
      { kind: 'read', answer: '429', requests: 1 },
    ]);
    await noteOutage(ledger, { run: 'asked', party: 'jira-eu', said: 'Jira does not answer.' }, 60_000);
    const down = (await get('/api/targets/jira-eu')).json();
    assert.deepEqual([down.throttled, down.away.said], [{ answers: 3, of: 33 }, 'Jira does not answer.']);
    assert.ok(Date.now() - Date.parse(down.away.since) >= 60_000);
    await finish(ledger, 'asked', 'failed');
    assert.equal((await get('/api/targets/jira-eu')).json().away, null, 'nobody waits any more');
    assert.equal((await get('/api/targets/wiki')).json().kind, 'confluence');
    assert.equal((await get('/api/targets/nowhere')).statusCode, 404);
  });

  it('tells schedules in words, pauses them and lets them go on, in the name of who asked', async () => {
    const { schedules } = ScheduleListWire.parse((await get('/api/connectors/acme/schedules')).json());
    assert.ok(schedules.length > 0);
    for (const { text, isSet } of schedules) {
      assert.match(text, /^(At|Every) /);
      assert.ok(isSet);
    }
    asked.length = 0;
    const name = schedules[0]?.name;
    await post('/api/connectors/acme/schedules/pause', { schedule: name, comment: 'migration' });
    await post('/api/connectors/acme/schedules/resume');
    assert.deepEqual(asked, [
      { connector: 'acme', schedules: [name], paused: true, until: null, note: 'paused by ada: migration' },
      {
        connector: 'acme',
        schedules: schedules.map((one) => one.name),
        paused: false,
        until: null,
        note: 'resumed by ada',
      },
    ]);
    asked.length = 0;
    await post('/api/connectors/acme/schedules/pause', { schedule: name, until: '2999-01-01T08:00:00+02:00' });
    assert.deepEqual(asked, [
      {
        connector: 'acme',
        schedules: [name],
        paused: true,
        until: new Date('2999-01-01T06:00:00Z'),
        note: 'paused by ada',
      },
    ]);
    const past = await post('/api/connectors/acme/schedules/pause', { until: '2020-01-01T00:00:00Z' });
    assert.equal(past.statusCode, 400);
    assert.match(past.body, /until.*future/);
    assert.equal(
      (await post('/api/connectors/acme/schedules/resume', { until: '2999-01-01T00:00:00Z' })).statusCode,
      400,
    );
    assert.equal((await post('/api/connectors/acme/schedules/pause', { schedule: 'nope' })).statusCode, 404);
    assert.equal((await post('/api/connectors/acme/schedules/pause', {}, viewer)).statusCode, 403);
    const actions = (await listAudit(ledger, 10, { action: 'schedule' })).map(({ action, comment }) => [
      action,
      comment,
    ]);
    assert.deepEqual(actions, [
      ['schedule.pause', null],
      ['schedule.resume', null],
      ['schedule.pause', 'migration'],
    ]);
  });

  it('compares any two versions row by row', async () => {
    const before = (await get('/api/connectors/acme')).json().version;
    await stores({ 'from: companyName': 'from: department' });
    const diff = VersionDiffWire.parse(
      (await get(`/api/connectors/acme/versions/${before}/diff/${before + 1}`)).json(),
    );
    assert.deepEqual(diff.differences, [
      {
        path: 'connector.to[jira-eu].attributes[userProperty:Company (2)].from',
        before: 'companyName',
        after: 'department',
      },
    ]);
    const back = VersionDiffWire.parse(
      (await get(`/api/connectors/acme/versions/${before + 1}/diff/${before}`)).json(),
    );
    assert.equal(back.differences[0]?.after, 'companyName');
    assert.equal((await get(`/api/connectors/acme/versions/${before}/diff/99`)).statusCode, 404);
  });

  it('shows every connector at a glance: health with its reason, what waits, and the last runs', async () => {
    await createRun(ledger, newRun('held'));
    await finish(ledger, 'held', 'awaitingApproval');
    const overview = OverviewWire.parse((await get('/api/overview')).json());
    assert.deepEqual(
      overview.held.map(({ id }) => id),
      ['held'],
    );
    const [acme] = overview.connectors;
    assert.deepEqual(
      [acme?.id, acme?.source, acme?.targets, acme?.health.state, acme?.health.reasons[0]?.code, acme?.people],
      ['acme', 'entra', ['jira-eu', 'wiki'], 'critical', 'held', 3],
    );
    assert.ok((acme?.runs.length ?? 0) >= 2);
    assert.deepEqual(
      acme?.schedules.map(({ text, mode, paused }) => [text, mode, paused]),
      [
        ['At 04:00', 'full', false],
        ['Every 15 minutes', 'delta', false],
      ],
    );
    assert.equal(acme?.lastDone, acme?.runs.find(({ status }) => status === 'done')?.finishedAt ?? null);
  });
});
