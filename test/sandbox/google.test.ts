import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import { sandboxGoogle } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';

const scope = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let token = '';
before(async () => {
  sandbox = await startSandbox({ users: 120 });
  const { access_token } = z.object({ access_token: z.string() }).parse(await (await ask({})).json());
  token = access_token;
});
after(() => sandbox.close());

type Claims = { sub?: string; scope?: string; aud?: string; life?: number };

const ask = async ({ sub = sandboxGoogle.subject, scope: asked = scope, aud, life = 3_600 }: Claims) => {
  const file = z.object({ private_key: z.string() }).parse(JSON.parse(sandbox.secrets.ATTUNE_SECRET_GOOGLE));
  const now = Math.floor(Date.now() / 1_000);
  const assertion = await new SignJWT({ scope: asked })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(sandboxGoogle.email)
    .setSubject(sub)
    .setAudience(aud ?? `${sandbox.urls.google}/token`)
    .setIssuedAt(now)
    .setExpirationTime(now + life)
    .sign(await importPKCS8(file.private_key, 'RS256'));
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  return fetch(`${sandbox.urls.google}/token`, { method: 'POST', body });
};
const get = (path: string, bearer = token) =>
  fetch(`${sandbox.urls.google}/admin/directory/v1/${path}`, { headers: { authorization: `Bearer ${bearer}` } });
const reason = async (answer: Promise<Response>) => {
  const response = await answer;
  const shape = z.object({ error: z.object({ errors: z.tuple([z.object({ reason: z.string() })]) }) });
  return [response.status, shape.parse(await response.json()).error.errors[0].reason];
};
const page = z.object({
  nextPageToken: z.string().optional(),
  users: z.array(z.record(z.string(), z.unknown())).optional(),
});

test('an assertion is held to audience, life, subject and delegated scopes', async () => {
  const error = async (claims: Claims) => {
    const answer = await ask(claims);
    return [answer.status, z.object({ error: z.string() }).parse(await answer.json()).error];
  };
  assert.deepEqual(await error({ aud: 'https://elsewhere.example/token' }), [400, 'invalid_grant']);
  assert.deepEqual(await error({ life: 7_200 }), [400, 'invalid_grant']);
  assert.deepEqual(await error({ sub: 'nobody@acme.example' }), [400, 'invalid_grant']);
  assert.deepEqual(await error({ scope: `${scope} https://www.googleapis.com/auth/drive` }), [
    401,
    'unauthorized_client',
  ]);
});

test('a listing needs a customer or a domain, a token that is not empty, and a size it knows', async () => {
  assert.deepEqual(await reason(get('users')), [400, 'badRequest']);
  assert.deepEqual(await reason(get('users?customer=my_customer&pageToken=')), [400, 'invalid']);
  assert.deepEqual(await reason(get('users?customer=my_customer&maxResults=501')), [400, 'invalid']);
  assert.deepEqual(await reason(get('users?customer=my_customer', 'wrong')), [401, 'authError']);
});

test('the token of a page belongs to its query; under a name nobody knows it is ignored', async () => {
  const first = page.parse(await (await get('users?customer=my_customer&maxResults=50')).json());
  const next = encodeURIComponent(first.nextPageToken ?? '');
  assert.deepEqual(await reason(get(`users?customer=my_customer&maxResults=60&pageToken=${next}`)), [400, 'invalid']);
  const same = page.parse(await (await get(`users?customer=my_customer&maxResults=50&nextPageToken=${next}`)).json());
  assert.deepEqual(same.users, first.users);
});

test('an empty listing has no users at all, and custom fields come only where they are asked for', async () => {
  assert.deepEqual(Object.keys(Object(await (await get('users?domain=nowhere.example')).json())), ['kind']);
  const basic = page.parse(await (await get('users?customer=my_customer')).json());
  assert.ok(basic.users?.every((user) => !('customSchemas' in user)));
  const full = page.parse(await (await get('users?customer=my_customer&projection=full')).json());
  assert.ok(full.users?.some((user) => 'customSchemas' in user));
  const masked = (mask: string, key = '') => get(`users${key}?customer=my_customer&projection=custom${mask}`);
  const own = page.parse(await (await masked('&customFieldMask=Employment')).json());
  assert.ok(own.users?.some((user) => 'customSchemas' in user));
  const id = `/${own.users?.[0]?.id}`;
  for (const mask of ['', '&customFieldMask=', '&customFieldMask=Employmnt', '&customFieldMask=Employment,Parking']) {
    for (const key of ['', id]) assert.deepEqual(await reason(masked(mask, key)), [400, 'invalid'], `${mask} ${key}`);
  }
});

test('fields selects within users whatever stands behind them, and refuses what no user has', async () => {
  const one = async (fields: string) =>
    z
      .looseObject({ users: z.array(z.looseObject({})).default([]), nextPageToken: z.string().optional() })
      .parse(await (await get(`users?customer=my_customer&maxResults=1&fields=${fields}`)).json());
  for (const fields of ['users(id,name/fullName),nextPageToken', 'nextPageToken,users(id,name(fullName))']) {
    const { users, nextPageToken, ...rest } = await one(fields);
    assert.deepEqual(
      [Object.keys(users[0] ?? {}), Object.keys(Object(users[0]?.name)), rest],
      [['id', 'name'], ['fullName'], {}],
    );
    assert.ok(nextPageToken !== undefined, 'the first page does not look like the last');
  }
  assert.deepEqual(Object.keys((await one('users/id')).users[0] ?? {}), ['id']);
  assert.deepEqual(Object.keys((await one('users(emails/address,name(*))')).users[0] ?? {}), ['name', 'emails']);
  assert.equal((await one('users(id)')).nextPageToken, undefined);
  assert.ok('kind' in (await one('*')));
  for (const fields of [
    'users(idd)',
    'users(name/fullname)',
    'users(id',
    'user(id)',
    'users(id))',
    'users()',
    ',users',
    'users/',
    '',
  ]) {
    assert.deepEqual(
      await reason(get(`users?customer=my_customer&fields=${fields}`)),
      [400, 'invalidParameter'],
      fields,
    );
  }
  const { users } = await one('users(id)');
  assert.deepEqual(Object.keys(Object(await (await get(`users/${users[0]?.id}?fields=name/givenName`)).json())), [
    'name',
  ]);
});

test('a missing right, an unknown person and an unknown method are told apart by reason', async () => {
  assert.deepEqual(await reason(get('groups/any/members')), [403, 'forbidden']);
  assert.deepEqual(await reason(get('users/nobody@acme.example')), [404, 'notFound']);
  await fetch(`${sandbox.urls.control}/options/google`, {
    method: 'POST',
    body: JSON.stringify({ queriesPerMinute: 1 }),
  });
  assert.deepEqual(await reason(get('users/nobody@acme.example')), [403, 'userRateLimitExceeded']);
});
