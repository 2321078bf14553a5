import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { ApiParts } from '../../src/api/parts.ts';
import { SessionWire, SignInLinkWire } from '../../src/api/schemas/session.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import type { Ability } from '../../src/core/abilities.ts';
import { addToken, revokeToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const own = { 'sec-fetch-site': 'same-origin' };

describe('a browser signed in to the console', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let served: { url: string; close: () => Promise<void> };
  let close = async (): Promise<void> => undefined;

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts } = await apiParts(ledger));
    served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
  });
  after(async () => {
    await served.close();
    await close();
  });

  const token = (name: string, can: Ability[] = ['read', 'run']) => addToken(ledger, { name, can, createdBy: 'test' });

  const send = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(new URL(path, served.url), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

  const signIn = async (by: object) => {
    const answer = await send('POST', '/api/session', own, by);
    return { answer, cookie: cookieOf(answer) };
  };

  it('gets a cookie no script can read, that goes to this host alone', async () => {
    const { answer } = await signIn({ token: await token('browser') });
    assert.equal(answer.status, 201);
    const [set = ''] = answer.headers.getSetCookie();
    assert.match(set, /^__Host-attune=[\w-]{43}; /);
    for (const part of ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict']) assert.ok(set.includes(part), part);
    assert.ok(!set.includes('Domain'), 'no domain');
    const body = SessionWire.parse(await answer.json());
    assert.deepEqual([body.name, body.can], ['browser', ['read', 'run']]);
  });

  it('may do what its token may, and no more', async () => {
    const { cookie } = await signIn({ token: await token('reader', ['read']) });
    assert.equal((await send('GET', '/api/runs', { cookie })).status, 200);
    assert.equal((await send('GET', '/api/tokens', { cookie })).status, 403);
  });

  it('changes nothing from the pages of others, whatever they say they are', async () => {
    const { cookie } = await signIn({ token: await token('guarded') });
    for (const site of [undefined, 'cross-site', 'same-site', 'none']) {
      const headers = { cookie, ...(site === undefined ? {} : { 'sec-fetch-site': site }) };
      assert.equal((await send('POST', '/api/connectors/acme/runs', headers, {})).status, 403, String(site));
    }
    assert.equal((await send('POST', '/api/connectors/acme/runs', { cookie, ...own }, {})).status, 202);
    const foreign = await send('POST', '/api/session', { 'sec-fetch-site': 'cross-site' }, { token: 'x' });
    assert.equal(foreign.status, 403);
  });

  it('is signed out when its token is revoked, at the next request', async () => {
    const { cookie } = await signIn({ token: await token('short') });
    assert.equal((await send('GET', '/api/session', { cookie })).status, 200);
    await revokeToken(ledger, 'short');
    assert.equal((await send('GET', '/api/session', { cookie })).status, 401);
  });

  it('is signed out by itself: without a request for half an hour, and after eight hours in any case', async () => {
    const idle = await signIn({ token: await token('idle') });
    await sql`update session set last_seen_at = now() - interval '31 minutes'`.execute(ledger.db);
    assert.equal((await send('GET', '/api/session', { cookie: idle.cookie })).status, 401);
    const old = await signIn({ token: await token('old') });
    const kept = await sql<{ hours: number }>`select round(extract(epoch from expires_at - created_at) / 3600)::integer
      as hours from session`.execute(ledger.db);
    assert.deepEqual(kept.rows, [{ hours: 8 }], 'the idle one is gone, the new one ends after eight hours');
    await sql`update session set expires_at = now()`.execute(ledger.db);
    assert.equal((await send('GET', '/api/session', { cookie: old.cookie })).status, 401);
  });

  it('stays signed in while it is used', async () => {
    const { cookie } = await signIn({ token: await token('busy') });
    await sql`update session set last_seen_at = now() - interval '20 minutes'`.execute(ledger.db);
    assert.equal((await send('GET', '/api/runs', { cookie })).status, 200);
    const { rows } = await sql<{ fresh: boolean }>`select last_seen_at > now() - interval '1 minute' as fresh
      from session where token = (select id from token where name = 'busy')`.execute(ledger.db);
    assert.deepEqual(rows, [{ fresh: true }]);
  });

  it('signs out', async () => {
    const { cookie } = await signIn({ token: await token('leaver') });
    const left = await send('DELETE', '/api/session', { cookie, ...own });
    assert.equal(left.status, 204);
    assert.equal((await send('GET', '/api/session', { cookie })).status, 401);
  });

  it('signs in by a link once, within a minute, while its token is valid', async () => {
    const authorization = `Bearer ${await token('linked')}`;
    const link = async (): Promise<string> => {
      const answer = await send('POST', '/api/session/links', { authorization });
      assert.equal(answer.status, 201);
      const { url, expiresAt } = SignInLinkWire.parse(await answer.json());
      assert.match(url, /^\/login#[\w-]{43}$/);
      assert.ok(Date.parse(expiresAt) - Date.now() <= 60_000);
      return url.slice('/login#'.length);
    };
    const code = await link();
    const { answer } = await signIn({ code });
    assert.equal(answer.status, 201);
    assert.equal((await signIn({ code })).answer.status, 401, 'spent');
    const late = await link();
    await sql`update sign_in_link set expires_at = now()`.execute(ledger.db);
    assert.equal((await signIn({ code: late })).answer.status, 401, 'expired');
    const orphan = await link();
    await revokeToken(ledger, 'linked');
    assert.equal((await signIn({ code: orphan })).answer.status, 401, 'its token has ended');
  });

  it('is refused with a token that is none, or that may not read', async () => {
    assert.equal((await signIn({ token: 'attune_nobody' })).answer.status, 401);
    const { answer, cookie } = await signIn({ token: await token('starter', ['run']) });
    assert.equal(answer.status, 403);
    assert.equal(cookie, '');
  });

  it('keeps hashes of secrets and codes alone', async () => {
    const { cookie } = await signIn({ token: await token('hashed') });
    const secret = cookie.slice('__Host-attune='.length);
    const { rows } = await sql<{ found: number }>`select count(*)::integer as found from session
      where encode(hash, 'escape') like ${`%${secret}%`}`.execute(ledger.db);
    assert.deepEqual(rows, [{ found: 0 }]);
  });
});
