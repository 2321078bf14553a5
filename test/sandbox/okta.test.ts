import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { sandboxOkta } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  sandbox = await startSandbox({ users: 260 });
});
after(() => sandbox.close());

const get = (path: string, headers: Record<string, string> = { authorization: `SSWS ${sandboxOkta.apiToken}` }) =>
  fetch(`${sandbox.urls.okta}${path}`, { headers });
const listed = z.array(z.looseObject({ id: z.string(), status: z.string().optional() }));
const code = async (answer: Promise<Response>) => {
  const response = await answer;
  return [response.status, z.object({ errorCode: z.string() }).parse(await response.json()).errorCode];
};

test('nobody gets in without a sign-in, and a bearer token without its proof is none', async () => {
  assert.deepEqual(await code(get('/api/v1/users', {})), [401, 'E0000011']);
  assert.deepEqual(await code(get('/api/v1/users', { authorization: 'SSWS wrong' })), [401, 'E0000011']);
  assert.deepEqual(await code(get('/api/v1/users', { authorization: 'DPoP wrong' })), [401, 'E0000011']);
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'okta.users.read' });
  const refused = await fetch(`${sandbox.urls.okta}/oauth2/v1/token`, { method: 'POST', body: form });
  assert.equal(refused.status, 401);
});

test('a page has two Link headers, 200 people at most, and no deprovisioned ones unless a filter is given', async () => {
  const answer = await get('/api/v1/users?limit=500');
  const users = listed.parse(await answer.json());
  assert.equal(users.length, 200);
  assert.match(answer.headers.get('link') ?? '', /rel="self", <.*>; rel="next"/);
  assert.ok(users.every(({ status }) => status !== 'DEPROVISIONED'));
  const filter = encodeURIComponent('status eq "DEPROVISIONED"');
  const gone = listed.parse(await (await get(`/api/v1/users?filter=${filter}`)).json());
  assert.ok(gone.length > 0 && gone.every(({ status }) => status === 'DEPROVISIONED'));
});

test('fields leave exactly what was named; a cursor belongs to its query', async () => {
  const answer = await get('/api/v1/users?limit=2&fields=id,profile:(login)');
  const [user] = z.array(z.record(z.string(), z.unknown())).parse(await answer.json());
  assert.deepEqual(Object.keys(user ?? {}).sort(), ['id', 'profile']);
  const next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1] ?? '';
  const other = new URL(next);
  other.searchParams.set('limit', '3');
  assert.deepEqual(await code(get(`${other.pathname}${other.search}`)), [400, 'E0000001']);
});

test('what the service refuses is refused: filters, parameters, methods, unknown people', async () => {
  const filtered = (filter: string) => code(get(`/api/v1/users?filter=${encodeURIComponent(filter)}`));
  assert.deepEqual(await filtered('profile.department eq "x"'), [400, 'E0000031']);
  assert.deepEqual(await filtered('status gt "x"'), [400, 'E0000031']);
  assert.deepEqual(await filtered('status eq x'), [400, 'E0000031']);
  assert.deepEqual(await code(get('/api/v1/users?$select=id')), [400, 'E0000001']);
  assert.deepEqual(await code(get('/api/v1/users/nobody')), [404, 'E0000007']);
  assert.deepEqual(await code(get('/api/v1/groups/none/users')), [404, 'E0000007']);
});

test('search sees an edit late, filter at once', async () => {
  const control = (path: string, method: string, body: object) =>
    fetch(`${sandbox.urls.control}${path}`, { method, body: JSON.stringify(body) });
  await control('/options/okta', 'POST', { searchDelay: 60_000 });
  const [{ id = '' } = {}] = listed.parse(await (await get('/api/v1/users?limit=1')).json());
  const world = id.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  await control(`/people/${world}`, 'PATCH', { mail: 'new@acme.example' });
  const found = async (how: string) =>
    listed.parse(
      await (await get(`/api/v1/users?${how}=${encodeURIComponent('profile.email eq "new@acme.example"')}`)).json(),
    );
  assert.equal((await found('filter')).length, 1);
  assert.equal((await found('search')).length, 0);
});
