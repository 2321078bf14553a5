import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { Api, ApiParts } from '../../src/api/parts.ts';
import { abilities } from '../../src/core/abilities.ts';
import { Failure } from '../../src/core/failure.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { decisionsOver } from '../../src/ledger/runs/decisions.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('runs over HTTP', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let asked: unknown[] = [];
  let api: Api;
  let token = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts, asked } = await apiParts(ledger));
    token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
    api = await createApi(parts);
  });
  beforeEach(() => {
    asked.length = 0;
  });
  after(async () => {
    await api.close();
    await close();
  });

  const get = (url: string) => api.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const post = (url: string, payload?: string | object, headers: Record<string, string> = {}) =>
    api.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
  const trail = async () =>
    (await listAudit(ledger, 1)).map(({ who, action, subject }) => `${who} ${action} ${subject}`);

  describe('are started', () => {
    const start = '/api/connectors/acme/runs';

    it('for everybody, fully, unless told otherwise', async () => {
      const answer = await post(start);
      assert.equal(answer.statusCode, 202, answer.body);
      const { run } = answer.json<{ run: string }>();
      assert.equal(answer.headers.location, `/api/runs/${run}`);
      assert.deepEqual(asked, [{ connector: 'acme', mode: 'full', intent: 'apply', who: 'ada' }]);
      assert.deepEqual(await trail(), [`ada run.start ${run}`]);
      const shown = await get(String(answer.headers.location));
      assert.equal(shown.json().status, 'running');
      assert.equal(shown.json().startedBy, 'ada');
    });

    it('as a delta or a plan', async () => {
      assert.equal((await post(start, { mode: 'delta', intent: 'plan' })).statusCode, 202);
      assert.deepEqual(asked, [{ connector: 'acme', mode: 'delta', intent: 'plan', who: 'ada' }]);
    });

    it('for one person, whose key goes to the starter and nowhere else', async () => {
      const answer = await post(start, { user: 'canary@acme.example' });
      assert.equal(answer.statusCode, 202);
      assert.deepEqual(asked, [{ connector: 'acme', key: 'canary@acme.example', intent: 'apply', who: 'ada' }]);
      const { rows } = await sql<{ row: string }>`select audit::text || run::text as row from audit, run`.execute(
        ledger.db,
      );
      assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes('canary')));
      assert.ok(!answer.body.includes('canary'));
    });

    it('not for an unknown connector', async () => {
      const answer = await post('/api/connectors/nobody/runs');
      assert.equal(answer.statusCode, 404);
      assert.match(answer.json().detail, /no connector "/);
      assert.deepEqual(asked, []);
    });

    it('not by a malformed body, whose parts are named and not repeated', async () => {
      const bodies: [unknown, RegExp][] = [
        [{ mode: 'sideways-canary' }, /body\.mode/],
        [{ user: '' }, /body\.user/],
        [{ user: 'canary', mode: 'full' }, /body\.user/],
        [{ user: 7 }, /body\.user/],
        [{ canaryKey: 1 }, /body/],
        [[], /body/],
      ];
      for (const [body, where] of bodies) {
        const answer = await post(start, JSON.stringify(body), { 'content-type': 'application/json' });
        assert.equal(answer.statusCode, 400, answer.body);
        const problem = answer.json<{ kind: string; errors: { path: string }[] }>();
        assert.equal(problem.kind, 'malformed');
        assert.match(problem.errors[0]?.path ?? '', where);
        assert.doesNotMatch(answer.body, /canary/);
      }
      const unreadable: [string, string, number, RegExp][] = [
        ['{"mode":', 'application/json', 400, /not JSON/],
        ['', 'application/json', 400, /JSON object, or no body/],
        ['mode=full', 'application/x-www-form-urlencoded', 415, /application\/json/],
        [JSON.stringify({ user: 'x'.repeat(300_000) }), 'application/json', 413, /too large/],
      ];
      for (const [body, type, status, detail] of unreadable) {
        const answer = await post(start, body, { 'content-type': type });
        assert.equal(answer.statusCode, status, answer.body);
        assert.match(answer.json().detail, detail);
      }
      assert.deepEqual(asked, []);
    });

    it('once for one idempotency key, which serves no other request', async () => {
      const key = { 'idempotency-key': 'key-1' };
      const first = await post(start, { mode: 'full' }, key);
      const again = await post(start, { mode: 'full' }, key);
      assert.equal(again.statusCode, 202);
      assert.deepEqual(again.json(), first.json());
      assert.equal(again.headers['idempotency-replayed'], 'true');
      assert.equal(asked.length, 1);
      assert.match(JSON.stringify(asked[0]), /"idempotencyKey":"[0-9a-f]{64}"/);
      const reused = await post(start, { mode: 'delta' }, key);
      assert.equal(reused.statusCode, 422);
      assert.equal(reused.json().kind, 'keyReused');
      assert.equal((await post(start, {}, { 'idempotency-key': 'has space' })).statusCode, 400);
    });

    it('not when the starter fails, which leaves the idempotency key free', async () => {
      const down = await createApi({
        ...parts,
        starter: {
          ...parts.starter,
          startFullSync: async () => {
            throw new Failure('unavailable', 'Temporal does not answer.', { remedy: 'Start it.' });
          },
        },
      });
      const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'key-2' };
      const answer = await down.inject({ method: 'POST', url: start, headers });
      assert.equal(answer.statusCode, 503);
      assert.equal(answer.json().detail, 'Temporal does not answer. Start it.');
      await down.close();
      assert.equal((await post(start, { mode: 'delta' }, { 'idempotency-key': 'key-2' })).statusCode, 202);
    });
  });

  describe('are shown', () => {
    it('newest first, of one connector or of all', async () => {
      await createRun(ledger, newRun('shown-a', 'other'));
      await createRun(ledger, newRun('shown-b', 'other'));
      const list = (await get('/api/runs?connector=other')).json<{ runs: { id: string }[] }>();
      assert.deepEqual(
        list.runs.map(({ id }) => id),
        ['shown-b', 'shown-a'],
      );
      assert.equal((await get('/api/runs?limit=1')).json().runs.length, 1);
      for (const query of ['limit=0', 'limit=x', 'limit=999', 'unknown=1']) {
        assert.equal((await get(`/api/runs?${query}`)).statusCode, 400, query);
      }
    });

    it('page by page, by status, kind, person and time', async () => {
      for (const [id, person] of [
        ['page-1', null],
        ['page-2', 'p1'],
        ['page-3', null],
        ['page-4', 'p2'],
        ['page-5', null],
      ] as const) {
        await createRun(ledger, { ...newRun(id, 'paged'), person });
        if (id !== 'page-5') await finish(ledger, id, id === 'page-1' ? 'awaitingApproval' : 'done');
      }
      const ids = async (query: string): Promise<string[]> =>
        (await get(`/api/runs?connector=paged${query}`)).json().runs.map(({ id }: { id: string }) => id);
      const seen: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page: { runs: { id: string }[]; next: string | null } = (
          await get(`/api/runs?connector=paged&limit=2${next === '' ? '' : `&cursor=${next}`}`)
        ).json();
        seen.push(...page.runs.map(({ id }) => id));
        next = page.next;
      }
      assert.deepEqual(seen, ['page-5', 'page-4', 'page-3', 'page-2', 'page-1']);
      assert.deepEqual(await ids('&kind=person'), ['page-4', 'page-2']);
      assert.deepEqual(await ids('&kind=everybody&status=done'), ['page-3']);
      assert.deepEqual(await ids('&status=running&status=awaitingApproval'), ['page-5', 'page-1']);
      assert.deepEqual(await ids('&person=p1'), ['page-2']);
      assert.deepEqual(await ids('&since=2999-01-01T00:00:00Z'), []);
      assert.equal((await ids('&until=2999-01-01T00:00:00Z')).length, 5);
      for (const query of ['&status=well', '&kind=x', '&since=yesterday', '&cursor=x']) {
        assert.equal((await get(`/api/runs?connector=paged${query}`)).statusCode, 400, query);
      }
      const [ended] = (await get('/api/runs?connector=paged&status=done')).json().runs;
      assert.deepEqual([ended.outcomes.unchanged, ended.changes, ended.newFailures], [3, { set: 0, cleared: 0 }, 0]);
      assert.deepEqual([ended.workMs, ended.waitedMs], [1_200, 0], 'worked and waited apart');
    });

    it('with their report once they have ended', async () => {
      await createRun(ledger, newRun('reported'));
      await finish(ledger, 'reported', 'done');
      const run = (await get('/api/runs/reported')).json();
      assert.equal(run.status, 'done');
      assert.equal(run.report.targets.jira.unchanged, 3);
      assert.equal(run.progress, null);
      assert.equal((await get('/api/runs/unknown')).statusCode, 404);
    });

    it('without the text of an unforeseen error', async () => {
      const broken = await createApi({ ...parts, progress: () => Promise.reject(new Error('canary in a message')) });
      await createRun(ledger, newRun('broken'));
      const answer = await broken.inject({ url: '/api/runs/broken', headers: { authorization: `Bearer ${token}` } });
      assert.equal(answer.statusCode, 500);
      assert.equal(answer.json().kind, 'internal');
      assert.doesNotMatch(answer.body, /canary/);
      await broken.close();
    });

    it('in figures', async () => {
      await createRun(ledger, newRun('measured', 'measured'));
      const figures = await get('/metrics');
      assert.match(figures.body, /attune_runs\{connector="measured",status="running"\} 1/);
      assert.match(
        figures.body,
        /attune_http_request_seconds_count\{method="GET",route="\/api\/runs\/:id",status="200"\}/,
      );
    });
  });

  describe('are decided over', () => {
    it('by approving a held plan, once it is held', async () => {
      await createRun(ledger, newRun('held'));
      assert.equal((await post('/api/runs/held/approve')).statusCode, 409);
      await finish(ledger, 'held', 'awaitingApproval');
      const answer = await post('/api/runs/held/approve');
      assert.equal(answer.statusCode, 202);
      assert.equal(answer.headers.location, '/api/runs/held');
      assert.equal((await decisionsOver(ledger, 'held'))[0]?.who, 'ada');
      assert.deepEqual(asked, [{ run: 'held' }]);
      assert.deepEqual(await trail(), ['ada run.approve held']);
    });

    it('with the comment on the run and in the audit, and a word where the document has moved on', async () => {
      await createRun(ledger, { ...newRun('older'), version: 7 });
      await finish(ledger, 'older', 'awaitingApproval');
      const answer = await post('/api/runs/older/approve', { comment: 'as agreed' });
      assert.match(answer.json().notes[0], /made with version 7 of acme, and the current version is 1/);
      const { decision, version } = (await get('/api/runs/older')).json();
      assert.deepEqual(
        [decision.decision, decision.by, decision.comment, version],
        ['approved', 'ada', 'as agreed', 7],
      );
      await createRun(ledger, newRun('present'));
      await finish(ledger, 'present', 'awaitingApproval');
      assert.deepEqual((await post('/api/runs/present/approve')).json().notes, []);
      const trail = (await listAudit(ledger, 2, { action: 'run.approve' })).map(({ subject, comment }) => [
        subject,
        comment,
      ]);
      assert.deepEqual(trail, [
        ['present', null],
        ['older', 'as agreed'],
      ]);
    });

    it('not when the plan has expired', async () => {
      await createRun(ledger, newRun('expired'));
      await finish(ledger, 'expired', 'planned');
      await sql`update run set plan_expires_at = now() - interval '1 minute' where id = 'expired'`.execute(ledger.db);
      const answer = await post('/api/runs/expired/approve');
      assert.equal(answer.statusCode, 409);
      assert.match(answer.json().detail, /expired/);
    });

    it('by turning a held plan down, after which it cannot be approved', async () => {
      await createRun(ledger, newRun('unwanted'));
      await finish(ledger, 'unwanted', 'awaitingApproval');
      const answer = await post('/api/runs/unwanted/reject');
      assert.equal(answer.json().status, 'rejected', answer.body);
      assert.deepEqual(await trail(), ['ada run.reject unwanted']);
      assert.equal((await post('/api/runs/unwanted/approve')).statusCode, 409);
      assert.equal((await post('/api/runs/unwanted/reject')).statusCode, 409);
    });

    it('by cancelling one that goes on', async () => {
      await createRun(ledger, newRun('going'));
      assert.equal((await post('/api/runs/going/cancel')).statusCode, 202);
      assert.deepEqual(asked, [{ cancel: 'going' }]);
      await finish(ledger, 'going', 'cancelled');
      const answer = await post('/api/runs/going/cancel');
      assert.equal(answer.statusCode, 409);
      assert.match(answer.json().detail, /ended as 'cancelled'/);
    });

    it('by trying its failed and skipped people again, once it has ended', async () => {
      await createRun(ledger, newRun('half'));
      assert.equal((await post('/api/runs/half/retry')).statusCode, 409, 'it goes on');
      await finish(ledger, 'half', 'doneWithFailures');
      const nobody = await post('/api/runs/half/retry');
      assert.deepEqual([nobody.statusCode, asked], [409, []]);
      assert.match(nobody.json().detail, /nobody to try again/);
      await insertOutcomes(ledger, 'half', [{ target: 'jira', person: 'id-1', outcome: 'failed', reason: 'refused' }]);
      const answer = await post('/api/runs/half/retry', { intent: 'plan' });
      assert.equal(answer.statusCode, 202, answer.body);
      assert.deepEqual(asked, [{ connector: 'acme', mode: 'delta', intent: 'plan', retryOf: 'half', who: 'ada' }]);
      const { run } = answer.json<{ run: string }>();
      assert.equal(answer.headers.location, `/api/runs/${run}`);
      assert.deepEqual(await trail(), [`ada run.retry ${run}`]);
      const reader = await addToken(ledger, { name: 'reader', can: ['read'], createdBy: 'test' });
      const refused = await post('/api/runs/half/retry', {}, { authorization: `Bearer ${reader}` });
      assert.equal(refused.statusCode, 403);
    });

    it('not when unknown', async () => {
      for (const verb of ['approve', 'reject', 'cancel']) {
        assert.equal((await post(`/api/runs/unknown/${verb}`)).statusCode, 404, verb);
      }
    });
  });

  it('belong to connectors, shown with references for secrets and the version as ETag', async () => {
    const answer = await get('/api/connectors/acme');
    assert.equal(answer.headers.etag, '"1"');
    assert.deepEqual(answer.json().definition.source.auth.clientSecret, { env: 'ATTUNE_SECRET_ENTRA' });
    assert.deepEqual(
      (await get('/api/connectors')).json<{ connectors: { id: string }[] }>().connectors.map(({ id }) => id),
      ['acme'],
    );
    assert.equal((await get('/api/connectors/nobody')).statusCode, 404);
  });
});
