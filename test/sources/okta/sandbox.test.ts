import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { sandboxOkta } from '../../../sandbox/document.ts';
import { startSandbox } from '../../../sandbox/start.ts';
import { okta } from '../../../src/sources/okta/index.ts';
import type { OktaSettings } from '../../../src/sources/okta/settings.ts';
import type { PageEnd } from '../../../src/sources/source.ts';
import { fails, readAll, startCall } from '../fixtures.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const oktaKeys = [
  { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256' },
  { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256' },
].map((key) => ({ ...key, kty: key.kty ?? '' }));

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  sandbox = await startSandbox({ users: 450, oktaKeys });
});
after(() => sandbox.close());
afterEach(async () => {
  await control('DELETE', '/faults');
  const good = { apiTokenIsGood: true, mayReadUsers: true, mayReadGroups: true, mayReadSchema: true };
  await control('POST', '/options/okta', { ...good, requestsPerMinute: 1_000_000, atOnce: 1_000, cursorLife: 1e12 });
});

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const configure = (options: object) => control('POST', '/options/okta', options);

const byToken = { auth: { apiToken: { env: 'ATTUNE_SECRET_OKTA' } } };
const byKey = { auth: { clientId: sandboxOkta.clientId, privateKey: { env: 'ATTUNE_SECRET_OKTA_KEY' }, keyId: 'rsa' } };
const open = (changes: Partial<OktaSettings> = {}, secret = sandboxOkta.apiToken) =>
  okta.open(okta.settings.parse({ kind: 'okta', org: sandbox.urls.okta, ...byToken, ...changes }), {
    secret: async () => secret,
  });

test('a service app signs in by RSA and EC keys, once, with a nonce, and again when its token has ended', async () => {
  for (const [secret, keyId] of [
    [pem, 'rsa'],
    [JSON.stringify({ ...ec.privateKey.export({ format: 'jwk' }), kid: 'ec' }), undefined],
  ] as const) {
    const auth = {
      clientId: sandboxOkta.clientId,
      privateKey: byKey.auth.privateKey,
      ...(keyId === undefined ? {} : { keyId }),
    };
    const source = open({ auth }, secret);
    const { call, counts } = startCall();
    await Promise.all([source.check(call), source.check(call), readAll(source, ['id'], call)]);
    assert.equal(counts.get('login'), 2, 'the nonce is asked for, then the token');
    await control('POST', '/tokens/expire');
    await source.check(call);
    assert.equal(counts.get('login'), 3);
    await source.check(call, true);
    assert.ok((counts.get('login') ?? 0) > 3, 'a check in person signs in anew');
  }
});

test('a refused sign-in says what to do and tells no secret', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const wrongKey = await fails(open(byKey, other.toString()).check(startCall().call), 'auth', /invalid_client/);
  assert.match(wrongKey.sentence, /public key/);
  await fails(open(byKey, 'no key').check(startCall().call), 'config', /private key/);
  const wrongToken = await fails(open({}, 'canary-token').check(startCall().call), 'auth', /E0000011/);
  assert.ok(!wrongToken.sentence.includes('canary'));
  await configure({ mayReadUsers: false });
  await fails(open().check(startCall().call), 'forbidden', /okta\.users\.read/);
});

test('everybody but the deprovisioned is read once, with exactly what was selected', async () => {
  const { call, counts } = startCall();
  const { users, pages, watermark } = await readAll(open(), ['profile.organization', 'status'], call);
  const ids = new Set(users.map(({ id }) => id));
  assert.equal(ids.size, users.length);
  assert.equal(counts.get('listing'), pages);
  assert.ok(watermark !== null);
  for (const { attributes } of users) {
    assert.deepEqual(Object.keys(attributes).sort(), ['id', 'profile', 'status']);
    assert.notEqual(attributes.status, 'DEPROVISIONED');
    assert.ok(Object.keys(attributes.profile ?? {}).every((name) => name === 'organization'));
  }
  const everybody = await readAll(open({ people: { deprovisioned: 'include', suspended: 'include' } }), ['status']);
  assert.equal(everybody.users.length, 450);
  assert.ok(everybody.users.some(({ attributes }) => attributes.status === 'DEPROVISIONED'));
});

test('sixty custom attributes come in one listing', async () => {
  const { users } = await readAll(open(), ['id']);
  const [first] = users;
  assert.ok(first);
  const names = Array.from({ length: 60 }, (_, index) => `customField${index}`);
  await control('PATCH', `/people/${worldIdOf(first.id)}`, {
    profile: Object.fromEntries(names.map((name) => [name, name])),
  });
  const read = await open().readUser(
    first.id,
    names.map((name) => `profile.${name}`),
    startCall().call,
  );
  assert.equal(Object.keys(read?.attributes.profile ?? {}).length, 60);
  const listed = await readAll(
    open(),
    names.map((name) => `profile.${name}`),
  );
  assert.equal(Object.keys(listed.users.find(({ id }) => id === first.id)?.attributes.profile ?? {}).length, 60);
});

test('an increment gives who changed since, deprovisioned people as removed', async () => {
  const { users, watermark } = await readAll(open(), ['profile.department']);
  assert.ok(watermark !== null);
  await control('POST', '/clock/advance', { milliseconds: 3_600_000 });
  const changed = await readAll(open(), ['profile.department']);
  const [edited, left] = users.slice(10).map(({ id }) => id);
  assert.ok(edited && left && changed.watermark !== null);
  await control('PATCH', `/people/${worldIdOf(edited)}`, { department: 'Elsewhere' });
  await control('PATCH', `/people/${worldIdOf(left)}`, { accountEnabled: false });
  const page = await open().readPage(
    { at: 'watermark', watermark: changed.watermark },
    ['profile.department'],
    startCall().call,
  );
  assert.deepEqual(
    page.users.map(({ id, attributes }) => [id, attributes.profile]),
    [[edited, { department: 'Elsewhere' }]],
  );
  assert.deepEqual(page.removed, [left]);
  assert.equal(page.end.more, false);
});

test('whoever moves to the start of the listing while it is read is not missed', async () => {
  const source = open();
  const first = await source.readPage({ at: 'start' }, ['profile.login'], startCall().call);
  assert.ok(first.end.more);
  const all = await readAll(open(), ['profile.login']);
  const seen = new Set(first.users.map(({ id }) => id));
  const moving = all.users.filter(({ id }) => !seen.has(id)).slice(0, 20);
  for (const { id } of moving) await control('PATCH', `/people/${worldIdOf(id)}`, { city: 'Bern' });
  let place: PageEnd = first.end;
  while (place.more) {
    const page = await source.readPage({ at: 'cursor', cursor: place.cursor }, ['profile.login'], startCall().call);
    for (const { id } of page.users) seen.add(id);
    place = page.end;
  }
  assert.deepEqual(
    all.users.map(({ id }) => id).filter((id) => !seen.has(id)),
    [],
  );
});

test('managers are named by id, and are found by id, login, mail or employee number', async () => {
  const { users } = await readAll(open(), ['manager.profile.displayName']);
  const { managers } = open();
  assert.ok(managers);
  const names = new Map(users.flatMap((user) => managers.namesOf(user).map((name) => [name, user])));
  const managed = users.filter((user) => managers.keyOf(user) !== null);
  assert.ok(managed.length > 300);
  const known = managed.filter((user) => names.has(managers.keyOf(user) ?? ''));
  assert.ok(known.length > 250);
  for (const user of known) {
    const chief = names.get(managers.keyOf(user) ?? '');
    assert.equal(typeof Object(chief?.attributes.profile).displayName, 'string');
  }
});

test('one person is found by id, login and mail; nobody is nobody, and several are told by id', async () => {
  const source = open();
  const { users } = await readAll(source, ['profile.login', 'profile.email']);
  const [one, two] = users.slice(20);
  assert.ok(one && two);
  const { login, email } = Object(one.attributes.profile);
  for (const key of [one.id, login, login.toUpperCase(), email]) {
    assert.equal((await source.readUser(key, ['profile.title'], startCall().call))?.id, one.id);
  }
  for (const key of ['nobody@acme.example', 'me', 'a/b?c#d', '..', '', 'x"y@acme.example']) {
    assert.equal(await source.readUser(key, ['id'], startCall().call), null, key);
  }
  for (const { id } of [one, two]) await control('PATCH', `/people/${worldIdOf(id)}`, { mail: 'shared@acme.example' });
  const error = await fails(source.readUser('shared@acme.example', ['id'], startCall().call), 'rejected', /2 people/);
  assert.ok(error.sentence.includes(one.id) && error.sentence.includes(two.id));
  assert.ok(!error.sentence.includes('shared@'));
});

test('the wait until the window begins anew is obeyed by the server’s own clock', async () => {
  await control('POST', '/clock/advance', { milliseconds: 7_200_000 });
  await configure({ requestsPerMinute: 1 });
  await open().check(startCall().call);
  const error = await fails(open().check(startCall().call), 'throttled', /limits the rate/);
  assert.ok((error.facts.waitMs ?? 0) > 50_000 && (error.facts.waitMs ?? 0) <= 62_000, `${error.facts.waitMs}`);
  await configure({ requestsPerMinute: 1_000_000, atOnce: 1 });
  const busy = await Promise.allSettled([1, 2, 3].map(() => open().check(startCall().call)));
  assert.ok(
    busy.every(({ status }) => status === 'fulfilled'),
    'too many at once is a matter of a second',
  );
});

test('a place that is no longer known begins the listing anew; a link to another host is never followed', async () => {
  await configure({ cursorLife: 1_000 });
  const source = open();
  const first = await source.readPage({ at: 'start' }, ['id'], startCall().call);
  assert.ok(first.end.more);
  await control('POST', '/clock/advance', { milliseconds: 5_000 });
  const { cursor } = first.end;
  await fails(source.readPage({ at: 'cursor', cursor }, ['id'], startCall().call), 'cursorExpired', /no longer knows/);
  await fails(
    source.readPage({ at: 'cursor', cursor: 'x' }, ['id'], startCall().call),
    'cursorExpired',
    /another listing/,
  );
  const elsewhere = '<https://evil.example/api/v1/users?after=x>; rel="next"';
  const effect = {
    kind: 'status',
    status: 200,
    body: '[]',
    headers: { link: elsewhere, 'content-type': 'application/json' },
  };
  await control('POST', '/faults', { service: 'okta', path: '/users', effect, count: 1 });
  const lured = await source.readPage({ at: 'start' }, ['id'], startCall().call);
  assert.ok(lured.end.more);
  const away = { at: 'cursor', cursor: lured.end.cursor } as const;
  await fails(source.readPage(away, ['id'], startCall().call), 'wrongShape', /another host/);
});

test('the members of a group are read as ids, page by page, and a person tells her own groups', async () => {
  const { users } = await readAll(open(), ['id']);
  const people = users.slice(0, 230).map(({ id }) => worldIdOf(id));
  await control('PUT', '/groups/00gcrew0000000000000', { people });
  const source = open({ groups: { crew: '00gcrew0000000000000', none: '00gnone0000000000000' } });
  const first = await source.readMembers('crew', null, startCall().call);
  assert.equal(first.ids.length, 200);
  const second = await source.readMembers('crew', first.next, startCall().call);
  assert.deepEqual([second.ids.length, second.next], [30, null]);
  assert.deepEqual(await source.groupsOf(first.ids[0] ?? '', startCall().call), ['crew']);
  await fails(source.check(startCall().call), 'config', /knows no group with the id given for none/);
});

test('attributes are offered from people and, where it may be read, from the schema', async () => {
  const offered = await open().attributes(startCall().call);
  const paths = offered.map(({ path }) => path);
  for (const path of ['profile.login', 'profile.customBadge', 'status']) assert.ok(paths.includes(path), path);
  assert.ok(paths.every((path) => !path.startsWith('credentials') && !path.startsWith('_links')));
  await configure({ mayReadSchema: false });
  assert.ok((await open().attributes(startCall().call)).length > 10);
});

test('the address has to be the organization’s own', () => {
  const refused = (org: string) => {
    const parsed = okta.settings.safeParse({ kind: 'okta', org, auth: { apiToken: { env: 'ATTUNE_SECRET_X' } } });
    return parsed.success ? 'taken' : (parsed.error.issues[0]?.message ?? '');
  };
  for (const org of ['https://acme.okta.com/api/v1', 'https://acme.okta.com/oauth2/default']) {
    assert.match(refused(org), /without a path/);
  }
  for (const org of ['https://acme-admin.okta.com', 'https://acme-admin.oktapreview.com/']) {
    assert.match(refused(org), /remove `-admin`/);
  }
  for (const org of ['https://acme.okta.com', 'https://acme.okta.com/', 'https://login.acme.example']) {
    assert.equal(refused(org), 'taken');
  }
});

test('a setting says where the manager is named and by what', () => {
  const opened = (manager: object) =>
    okta.open(
      okta.settings.parse({
        kind: 'okta',
        org: 'https://acme.okta.com',
        auth: { apiToken: { env: 'ATTUNE_SECRET_X' } },
        manager,
      }),
      { secret: async () => 'x' },
    ).managers;
  const profile = {
    login: 'ada',
    email: 'ada@acme.example',
    employeeNumber: 7,
    managerId: 'bob',
    managerEmail: 'Eve@x',
  };
  const user = { id: '00u1', attributes: { profile } };
  assert.equal(opened({})?.keyOf(user), 'bob');
  assert.deepEqual(opened({})?.namesOf(user), ['00u1', 'ada', 'ada@acme.example', '7']);
  const byMail = opened({ from: 'profile.managerEmail', by: 'profile.email' });
  assert.equal(byMail?.keyOf(user), 'Eve@x');
  assert.deepEqual(byMail?.namesOf(user), ['ada@acme.example']);
});

test('paths that no user of Okta has are refused before anything is sent', () => {
  const paths = [
    'profile.login',
    'status',
    'manager.profile.title',
    'department',
    'profile',
    'manager',
    'manager.manager.id',
  ];
  assert.deepEqual(
    okta.refusedPaths(paths).map(({ path }) => path),
    ['department', 'profile', 'manager', 'manager.manager.id'],
  );
});

const worldIdOf = (id: string): string => id.slice(3).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
