import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { createApi } from '../../src/api/create-api.ts';
import type { ApiParts } from '../../src/api/parts.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { type Ability, abilities } from '../../src/core/abilities.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken, listTokens, revokeToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('access to the API', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let dataDir = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts } = await apiParts(ledger));
    dataDir = await mkdtemp(join(tmpdir(), 'attune-api-'));
  });
  after(async () => {
    await rm(dataDir, { recursive: true });
    await close();
  });

  const token = (name: string, can: Ability[]): Promise<string> => addToken(ledger, { name, can, createdBy: 'test' });

  const calls: ['GET' | 'POST' | 'PUT' | 'DELETE', string, Ability][] = [
    ['POST', '/api/connectors/acme/runs', 'run'],
    ['GET', '/api/runs', 'read'],
    ['GET', '/api/runs/x', 'read'],
    ['GET', '/api/runs/x/events', 'read'],
    ['GET', '/api/runs/x/changes', 'values'],
    ['GET', '/api/runs/x/outcomes', 'read'],
    ['GET', '/api/runs/x/kept', 'values'],
    ['POST', '/api/runs/x/approve', 'approve'],
    ['POST', '/api/runs/x/reject', 'approve'],
    ['GET', '/api/runs/x/parity', 'read'],
    ['POST', '/api/runs/x/cancel', 'run'],
    ['POST', '/api/runs/x/retry', 'run'],
    ['GET', '/api/connectors', 'read'],
    ['GET', '/api/connectors/acme', 'read'],
    ['PUT', '/api/connectors/acme', 'configure'],
    ['POST', '/api/connectors/acme/validate', 'configure'],
    ['POST', '/api/connectors/acme/what-if', 'configure'],
    ['GET', '/api/connectors/acme/versions', 'read'],
    ['GET', '/api/connectors/acme/versions/1', 'read'],
    ['POST', '/api/connectors/acme/rollback', 'configure'],
    ['POST', '/api/connectors/acme/import', 'configure'],
    ['POST', '/api/connectors/acme/explain', 'values'],
    ['POST', '/api/connectors/acme/check', 'run'],
    ['POST', '/api/connectors/acme/assumptions', 'run'],
    ['GET', '/api/connectors/acme/source-attributes', 'read'],
    ['GET', '/api/connectors/acme/leavers', 'read'],
    ['POST', '/api/connectors/acme/notify/test', 'run'],
    ['POST', '/api/connectors/acme/links', 'configure'],
    ['POST', '/api/connectors/acme/links/remove', 'configure'],
    ['POST', '/api/connectors/acme/rename', 'configure'],
    ['POST', '/api/connectors/acme/retire', 'configure'],
    ['POST', '/api/connectors/acme/release', 'configure'],
    ['POST', '/api/targets/jira/why', 'values'],
    ['POST', '/api/connectors/acme/sample', 'values'],
    ['GET', '/api/runs/x/plan', 'read'],
    ['GET', '/api/runs/x/changes/kinds', 'values'],
    ['GET', '/api/runs/x/reasons', 'read'],
    ['GET', '/api/connectors/acme/held-changes', 'run'],
    ['GET', '/api/connectors/acme/versions/1/diff/2', 'read'],
    ['GET', '/api/connectors/acme/people', 'read'],
    ['GET', '/api/connectors/acme/people/reasons', 'read'],
    ['POST', '/api/connectors/acme/people/search', 'values'],
    ['GET', '/api/connectors/acme/people/zoe', 'values'],
    ['GET', '/api/connectors/acme/people/zoe/history', 'values'],
    ['GET', '/api/connectors/acme/schedules', 'read'],
    ['GET', '/api/connectors/acme/coverage', 'read'],
    ['POST', '/api/connectors/acme/schedules/pause', 'configure'],
    ['POST', '/api/connectors/acme/schedules/resume', 'configure'],
    ['GET', '/api/targets', 'read'],
    ['GET', '/api/targets/jira', 'read'],
    ['GET', '/api/overview', 'read'],
    ['GET', '/api/health', 'read'],
    ['GET', '/api/events', 'read'],
    ['GET', '/api/session', 'read'],
    ['DELETE', '/api/session', 'read'],
    ['POST', '/api/session/links', 'read'],
    ['GET', '/api/document', 'read'],
    ['PUT', '/api/document', 'configure'],
    ['POST', '/api/document/diff', 'configure'],
    ['GET', '/api/audit', 'read'],
    ['POST', '/api/ledger/prune', 'configure'],
    ['GET', '/api/tokens', 'tokens'],
    ['POST', '/api/tokens', 'tokens'],
    ['DELETE', '/api/tokens/x', 'tokens'],
    ['GET', '/metrics', 'read'],
    ['GET', '/openapi.json', 'read'],
  ];

  it('is refused without a valid token, and without the ability, on every route but healthz and readyz', async () => {
    const api = await createApi(parts);
    const all = [...abilities];
    const revoked = await token('revoked', all);
    await revokeToken(ledger, 'revoked');
    const bearers = new Map<Ability, string>();
    for (const lacking of all) {
      bearers.set(
        lacking,
        await token(
          `no-${lacking}`,
          all.filter((one) => one !== lacking),
        ),
      );
    }
    const documented = new Set<string>();
    for (const [method, url, can] of calls) {
      documented.add(`${method} ${url}`);
      const ask = (authorization?: string) =>
        api.inject({
          method,
          url,
          headers: authorization === undefined ? {} : { authorization },
        });
      for (const authorization of [undefined, 'Bearer nonsense', 'Basic abc', 'Bearer', `Bearer ${revoked}`]) {
        const answer = await ask(authorization);
        assert.equal(answer.statusCode, 401, `${method} ${url}`);
        assert.equal(answer.json().kind, 'unauthenticated');
        assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
      }
      const answer = await ask(`Bearer ${bearers.get(can)}`);
      assert.equal(answer.statusCode, 403, `${method} ${url}`);
      assert.match(answer.json().detail, new RegExp(`lacks the ability '${can}'`));
    }
    for (const url of ['/healthz', '/readyz']) assert.equal((await api.inject(url)).statusCode, 200);
    assert.equal((await api.inject('/nowhere')).statusCode, 401, 'an unknown address tells a stranger nothing');

    const { paths } = (
      await api.inject({ url: '/openapi.json', headers: { authorization: `Bearer ${bearers.get('run')}` } })
    ).json<{ paths: Record<string, object> }>();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const covered = calls.map(([method, url]) => {
      const template = url
        .replace('/acme', '/{id}')
        .replace('/targets/jira', '/targets/{id}')
        .replace('/versions/1', '/versions/{version}')
        .replace('/diff/2', '/diff/{other}')
        .replace('/people/zoe', '/people/{person}')
        .replace('/runs/x', '/runs/{id}')
        .replace('/tokens/x', '/tokens/{name}');
      return `${method} ${template}`;
    });
    assert.deepEqual(
      described.filter((one) => !covered.includes(one)).toSorted(),
      ['GET /healthz', 'GET /readyz', 'POST /api/session'],
      'every described route is in the table above',
    );
    await api.close();
  });

  it('lets nobody who may not configure explain a mapping of their own, which could name any attribute', async () => {
    const api = await createApi(parts);
    const mapping = { to: [{ target: 'jira', match: [{ username: 'login' }], attributes: [] }] };
    const answer = await api.inject({
      method: 'POST',
      url: '/api/connectors/acme/explain',
      headers: { authorization: `Bearer ${await token('viewer', ['read', 'values'])}` },
      payload: { user: 'ada', mapping },
    });
    assert.equal(answer.statusCode, 403);
    assert.match(answer.json().detail, /ability 'configure'/);
    await api.close();
  });

  it('by HTTP makes, lists and ends tokens, and says who did', async () => {
    const api = await createApi(parts);
    const headers = { authorization: `Bearer ${await token('admin', ['read', 'tokens'])}` };
    const made = await api.inject({
      method: 'POST',
      url: '/api/tokens',
      headers,
      payload: { name: 'ci', can: ['read'] },
    });
    assert.equal(made.statusCode, 201);
    const text: string = made.json().token;
    const asCi = () => api.inject({ url: '/api/runs', headers: { authorization: `Bearer ${text}` } });
    assert.equal((await asCi()).statusCode, 200);
    const twice = await api.inject({
      method: 'POST',
      url: '/api/tokens',
      headers,
      payload: { name: 'ci', can: ['read'] },
    });
    assert.equal(twice.statusCode, 409);
    const listed = await api.inject({ url: '/api/tokens', headers });
    assert.ok(!listed.body.includes(text));
    assert.ok(listed.json<{ tokens: { name: string }[] }>().tokens.some(({ name }) => name === 'ci'));
    assert.equal((await api.inject({ method: 'DELETE', url: '/api/tokens/ci', headers })).statusCode, 204);
    assert.equal((await asCi()).statusCode, 401);
    assert.equal((await api.inject({ method: 'DELETE', url: '/api/tokens/ci', headers })).statusCode, 404);
    const malformed = { name: 'has space', can: [], extra: 1 };
    const refused = await api.inject({ method: 'POST', url: '/api/tokens', headers, payload: malformed });
    assert.equal(refused.statusCode, 400);
    assert.ok(refused.json().errors.length >= 3, refused.body);
    const trail = (await listAudit(ledger, 2)).map(({ who, action, subject }) => `${who} ${action} ${subject}`);
    assert.deepEqual(trail, ['admin token.revoke ci', 'admin token.add ci']);
    await api.close();
  });

  it('by a token gives away no more than it may do itself', async () => {
    const api = await createApi(parts);
    const headers = { authorization: `Bearer ${await token('lesser', ['read', 'tokens'])}` };
    const make = (can: string[]) =>
      api.inject({ method: 'POST', url: '/api/tokens', headers, payload: { name: 'greater', can } });
    const refused = await make(['read', 'connect']);
    assert.equal(refused.statusCode, 403);
    assert.match(refused.json().detail, /'lesser' itself lacks connect/);
    assert.equal((await make(['read'])).statusCode, 201);
    await api.close();
  });

  it('by a token with a lifetime ends with it, and its name is free again', async () => {
    const api = await createApi(parts);
    const headers = { authorization: `Bearer ${await token('maker', ['read', 'tokens'])}` };
    const payload = { name: 'brief', can: ['read'], days: 30 };
    const text: string = (await api.inject({ method: 'POST', url: '/api/tokens', headers, payload })).json().token;
    const use = () => api.inject({ url: '/api/runs', headers: { authorization: `Bearer ${text}` } });
    type Listed = { name: string; expiresAt: string | null; lastUsedAt: string | null };
    const listed = async () =>
      (await api.inject({ url: '/api/tokens', headers }))
        .json<{ tokens: Listed[] }>()
        .tokens.find(({ name }) => name === 'brief');
    const unused = await listed();
    assert.equal(unused?.lastUsedAt, null);
    assert.ok(Math.abs(Date.parse(unused?.expiresAt ?? '') - Date.now() - 30 * 86_400_000) < 3_600_000 * 2);
    assert.equal((await use()).statusCode, 200);
    assert.ok(Math.abs(Date.parse((await listed())?.lastUsedAt ?? '') - Date.now()) < 60_000);
    await sql`update token set expires_at = now() - interval '1 second' where name = 'brief'`.execute(ledger.db);
    assert.equal((await use()).statusCode, 401);
    assert.equal(await listed(), undefined);
    assert.equal((await api.inject({ method: 'POST', url: '/api/tokens', headers, payload })).statusCode, 201);
    await api.close();
  });

  it('beyond the loopback needs a token to exist, and says so at start', async () => {
    const fresh = await freshDatabase();
    const { parts: bare } = await apiParts(fresh.ledger);
    const options = { port: 0, dataDir: null, token: undefined };
    await assert.rejects(serveApi(bare, { ...options, host: '0.0.0.0' }), /until there is a token/);
    await assert.rejects(serveApi(bare, { ...options, host: '0.0.0.0', token: 'short' }), /cannot be used as a token/);
    await assert.rejects(
      serveApi(bare, { ...options, host: '203.0.113.7', token: 'x'.repeat(40), behindProxy: true }),
      /cannot listen/,
    );
    await assert.rejects(serveApi(bare, { ...options, host: '0.0.0.0', token: 'x'.repeat(40) }), /plain HTTP beyond/);
    const open = await serveApi(bare, { ...options, host: '0.0.0.0', token: 'x'.repeat(40), behindProxy: true });
    const answer = await fetch(`${open.url}/api/runs`, { headers: { authorization: `Bearer ${'x'.repeat(40)}` } });
    assert.equal(answer.status, 200);
    await open.close();
    const renewed = await serveApi(bare, { ...options, host: '127.0.0.1', token: 'y'.repeat(40) });
    const outdated = await fetch(`${renewed.url}/api/runs`, { headers: { authorization: `Bearer ${'x'.repeat(40)}` } });
    assert.equal(outdated.status, 401);
    await renewed.close();
    await fresh.close();
  });

  it('from this machine is left in a file for its owner alone, and kept from start to start', async () => {
    const options = { host: '127.0.0.1', port: 0, dataDir, token: undefined };
    const first = await serveApi(parts, options);
    const access = await readAccess(dataDir);
    assert.equal((await stat(join(dataDir, 'api.json'))).mode & 0o777, 0o600);
    assert.equal(access?.url, first.url);
    const answer = await fetch(`${first.url}/api/runs`, { headers: { authorization: `Bearer ${access?.token}` } });
    assert.equal(answer.status, 200);
    await first.close();
    const second = await serveApi(parts, options);
    assert.equal((await readAccess(dataDir))?.token, access?.token);
    await second.close();
    await writeFile(join(dataDir, 'api.json'), '{');
    const third = await serveApi(parts, options);
    assert.notEqual((await readAccess(dataDir))?.token, access?.token);
    assert.equal((await listTokens(ledger)).filter(({ name }) => name === 'local').length, 1);
    await third.close();
  });

  it('names every part that is not ready, within two seconds and for any number of callers at once', async () => {
    let asked = 0;
    const api = await createApi({
      ...parts,
      ready: {
        database: async () => {
          asked += 1;
          return null;
        },
        worker: async () => 'takes no work',
        'Temporal server': () => Promise.reject(new Error('down at 10.0.0.1')),
        store: () => new Promise(() => undefined),
      },
    });
    const began = performance.now();
    const all = await Promise.all(Array.from({ length: 20 }, () => api.inject('/readyz')));
    const took = performance.now() - began;
    for (const answer of all) {
      assert.equal(answer.statusCode, 503);
      assert.equal(
        answer.json().detail,
        'Not ready: the worker takes no work; the Temporal server does not answer; the store does not answer in time.',
      );
    }
    assert.equal(asked, 1);
    assert.ok(took >= 1_700, 'a part that says nothing is waited for');
    await api.close();
    const ready = await createApi({ ...parts, ready: { database: async () => null } });
    assert.deepEqual((await ready.inject('/readyz')).json(), { ok: true, parts: ['database'] });
    await ready.close();
  });
});
