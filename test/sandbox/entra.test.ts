import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { sandboxApplication } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';

const pageSchema = z.object({
  '@odata.nextLink': z.string().optional(),
  value: z.array(z.looseObject({ userPrincipalName: z.string().optional(), id: z.string().optional() })),
});
const errorSchema = z.object({ error: z.object({ code: z.string() }) });
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let token = '';

const askToken = (secret: string) =>
  fetch(`${sandbox.urls.entra}/${sandboxApplication.tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: sandboxApplication.clientId,
      client_secret: secret,
    }),
  });
const get = (path: string) =>
  fetch(new URL(path, sandbox.urls.entra), { headers: { authorization: `Bearer ${token}` } });
const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const readAll = async (path: string) => {
  const pages: z.infer<typeof pageSchema>['value'][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const page: z.infer<typeof pageSchema> = pageSchema.parse(await (await get(next)).json());
    pages.push(page.value);
    next = page['@odata.nextLink'];
  }
  return pages;
};
const refused = async (path: string, status: number, code: string) => {
  const response = await get(path);
  assert.equal(response.status, status);
  assert.equal(errorSchema.parse(await response.json()).error.code, code);
};

const tokenSchema = z.object({ access_token: z.string() });
const signIn = async () => {
  token = tokenSchema.parse(await (await askToken(sandboxApplication.clientSecret)).json()).access_token;
};

before(async () => {
  sandbox = await startSandbox({ users: 250 });
  await signIn();
});
after(() => sandbox.close());

test('a wrong secret is refused', async () => {
  const response = await askToken('wrong');
  assert.equal(response.status, 401);
  assert.match(await response.text(), /AADSTS7000215/);
});

test('every person is listed once, and an expanded manager caps pages at 100', async () => {
  const plain = await readAll('/v1.0/users?$select=id&$top=999');
  assert.deepEqual(
    plain.map((page) => page.length),
    [250],
  );
  const expanded = await readAll('/v1.0/users?$select=id&$top=999&$expand=manager($select=displayName)');
  assert.deepEqual(
    expanded.map((page) => page.length),
    [100, 100, 50],
  );
  assert.equal(new Set(expanded.flat().map(({ id }) => id)).size, 250);
});

test('a directory extension without a value is absent, another property null', async () => {
  const badge = 'extension_ab603c56068041afb2f6832e2a17e237_badge';
  const people = (await readAll(`/v1.0/users?$select=${badge},state&$top=999`)).flat();
  const carrying = people.filter((person) => badge in person);
  assert.ok(carrying.length > 0 && carrying.length < people.length);
  assert.ok(people.every((person) => person.state === null));
});

test('what Graph refuses is refused', async () => {
  await refused('/v1.0/users?$top=1000', 400, 'Request_BadRequest');
  await refused('/v1.0/users?$select=nonsense', 400, 'Request_BadRequest');
  await refused('/v1.0/users?$select=skills', 501, 'NotImplemented');
  await refused("/v1.0/users?$filter=userType ne 'Guest'", 400, 'Request_UnsupportedQuery');
  await refused('/v1.0/users?$skip=5', 400, 'Request_BadRequest');
  await refused('/v1.0/users/nobody@acme.example', 404, 'Request_ResourceNotFound');
});

test('a page link is bound to its query and can expire', async () => {
  const page = pageSchema.parse(await (await get('/v1.0/users?$select=id')).json());
  const link = new URL(page['@odata.nextLink'] ?? '');
  assert.equal(link.origin, sandbox.urls.entra);
  const other = new URL(link);
  other.searchParams.set('$select', 'id,mail');
  await refused(other.href, 400, 'Request_BadRequest');
  await control('POST', '/options/entra', { cursorLife: 1000 });
  await control('POST', '/clock/advance', { milliseconds: 2000 });
  await refused(link.href, 400, 'Directory_ExpiredPageToken');
});

test('a guest is found by an encoded login, and by an address', async () => {
  const guests = (await readAll("/v1.0/users?$filter=userType eq 'Guest'&$select=userPrincipalName,otherMails")).flat();
  assert.equal(guests.length, 5);
  const login = guests[0]?.userPrincipalName ?? '';
  assert.equal((await get(`/v1.0/users/${encodeURIComponent(login)}`)).status, 200);
  const mail = z.array(z.string()).parse(guests[0]?.otherMails)[0];
  const filter = `mail eq '${mail}' or otherMails/any(x:x eq '${mail}')`;
  assert.equal((await readAll(`/v1.0/users?$filter=${encodeURIComponent(filter)}`)).flat().length, 1);
});

test('an edited person moves in the listing', async () => {
  const first = (await readAll('/v1.0/users?$select=id&$top=999')).flat()[100]?.id ?? '';
  await control('POST', '/people/edit', { ids: [first], attributes: ['companyName'] });
  const moved = (await readAll('/v1.0/users?$select=id&$top=999')).flat().findIndex(({ id }) => id === first);
  assert.ok(moved === 0 || moved === 249);
});

test('a fault meets its request as often as asked, and the journal keeps it', async () => {
  const effect = { kind: 'status', status: 429, headers: { 'retry-after': '2.128' } };
  assert.equal((await control('POST', '/faults', { service: 'entra', path: '/users', count: 1, effect })).status, 200);
  const throttled = await get('/v1.0/users');
  assert.deepEqual([throttled.status, throttled.headers.get('retry-after')], [429, '2.128']);
  assert.equal((await get('/v1.0/users')).status, 200);
  assert.match(await (await control('GET', '/journal?service=entra')).text(), /"status":429/);
});

test('an expired token is refused', async () => {
  await control('POST', '/tokens/expire');
  await refused('/v1.0/users', 401, 'InvalidAuthenticationToken');
});

test('a batch answers each part on its own, in another order, and not more than twenty', async () => {
  await signIn();
  const batch = (requests: object[], bearer = token) =>
    fetch(new URL('/v1.0/$batch', sandbox.urls.entra), {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: JSON.stringify({ requests }),
    });
  const people = z.array(z.object({ id: z.string() })).parse(await (await control('GET', '/stores/entra')).json());
  const person = people[0]?.id ?? assert.fail();
  const answer = await batch([
    { id: '1', method: 'GET', url: `/users/${person}?$select=id` },
    { id: '2', method: 'GET', url: '/users/nobody@acme.example' },
    { id: '3', method: 'GET', url: `/users/${person}/photo/$value` },
  ]);
  assert.equal(answer.status, 200, await answer.clone().text());
  const { responses } = z
    .object({ responses: z.array(z.looseObject({ id: z.string(), status: z.int() })) })
    .parse(await answer.json());
  assert.deepEqual(
    responses.map(({ id, status }) => [id, status]),
    [
      ['3', 404],
      ['2', 404],
      ['1', 200],
    ],
  );
  const many = Array.from({ length: 21 }, (_, n) => ({ id: `${n}`, method: 'GET', url: '/users' }));
  assert.equal((await batch(many)).status, 400);
  assert.equal((await batch([], token)).status, 400);
  assert.equal((await batch(many.slice(0, 1), 'wrong')).status, 401);
});
