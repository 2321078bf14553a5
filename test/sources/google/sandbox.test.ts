import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { sandboxGoogle } from '../../../sandbox/document.ts';
import { startSandbox } from '../../../sandbox/start.ts';
import { google } from '../../../src/sources/google/index.ts';
import type { GoogleSettings } from '../../../src/sources/google/settings.ts';
import { fails, readAll, startCall } from '../fixtures.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  sandbox = await startSandbox({ users: 1_100 });
});
after(() => sandbox.close());
afterEach(async () => {
  await control('DELETE', '/faults');
  const good = {
    schemas: ['Employment'],
    mayReadUsers: true,
    mayReadGroups: true,
    queriesPerMinute: 1_000_000,
    pagingLife: 3_600_000,
  };
  await control('POST', '/options/google', good);
});

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const configure = (options: object) => control('POST', '/options/google', options);

const auth = { serviceAccount: { env: 'ATTUNE_SECRET_GOOGLE' }, subject: sandboxGoogle.subject };
const open = (changes: Partial<GoogleSettings> = {}, secret = sandbox.secrets.ATTUNE_SECRET_GOOGLE) =>
  google.open(
    google.settings.parse({
      kind: 'google',
      endpoints: { token: sandbox.urls.google, directory: sandbox.urls.google },
      auth,
      ...changes,
    }),
    { secret: async () => secret },
  );
const everybody: Partial<GoogleSettings> = { people: { suspended: 'include', archived: 'include' } };
const worldIdOf = (id: string): string =>
  BigInt(id)
    .toString(16)
    .padStart(32, '0')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

test('everybody is read once, 500 a page, with exactly what was selected', async () => {
  const { call, counts } = startCall();
  const { users, pages, watermark } = await readAll(open(everybody), ['name.fullName', 'primaryEmail'], call);
  assert.deepEqual([users.length, new Set(users.map(({ id }) => id)).size, pages], [1_100, 1_100, 3]);
  assert.equal(watermark, null);
  assert.deepEqual([counts.get('login'), counts.get('listing')], [1, 3]);
  assert.ok(users.every(({ attributes }) => Object.keys(attributes).sort().join() === 'name,primaryEmail'));
});

test('suspended and archived people take part only where the settings say so', async () => {
  const { users } = await readAll(open(everybody), ['suspended']);
  const suspended = users.filter(({ attributes }) => attributes.suspended === true).map(({ id }) => id);
  const [archived = ''] = users.map(({ id }) => id).filter((id) => !suspended.includes(id));
  await control('PATCH', `/people/${worldIdOf(archived)}`, { archived: true });
  assert.ok(suspended.length > 0);
  const usual = new Set((await readAll(open(), ['primaryEmail'])).users.map(({ id }) => id));
  assert.equal(usual.size, 1_100 - suspended.length - 1);
  for (const id of [...suspended, archived]) assert.ok(!usual.has(id));
  await fails(open().readUser(archived, ['id'], startCall().call), 'rejected', /people\.archived/);
});

test('custom fields come with their schemas alone, sixty of them in one listing', async () => {
  await configure({ schemas: ['Employment', 'Facilities'] });
  const { users } = await readAll(open(), ['id']);
  const [first] = users;
  assert.ok(first);
  const names = Array.from({ length: 60 }, (_, index) => `field${index}`);
  const fields = Object.fromEntries(names.map((name) => [name, name]));
  await control('PATCH', `/people/${worldIdOf(first.id)}`, {
    customSchemas: { Facilities: fields, Secret: { pay: 1 } },
  });
  const { users: listed } = await readAll(
    open(),
    names.map((name) => `customSchemas.Facilities.${name}`),
  );
  const schemas = listed.find(({ id }) => id === first.id)?.attributes.customSchemas;
  assert.deepEqual(schemas, { Facilities: fields });
});

test('a custom schema that the customer does not have is named, in a listing and for one person', async () => {
  await configure({ schemas: ['Employment', 'Facilities'] });
  const source = open();
  const paths = ['customSchemas.Employmnt.badge', 'customSchemas.Facilities.room', 'customSchemas.Parking.lot'];
  const { users } = await readAll(source, ['id']);
  const id = users[0]?.id ?? '';
  for (const read of [
    () => source.readPage({ at: 'start' }, paths, startCall().call),
    () => source.readUser(id, paths, startCall().call),
  ]) {
    const failure = await fails(read(), 'config', /Google has no custom schemas Employmnt, Parking\./);
    assert.match(failure.facts.remedy ?? '', /attune attributes/);
  }
  await fails(source.readUser(id, ['customSchemas.Employmnt.badge'], startCall().call), 'config', /custom schema Empl/);
  const key = await source.readUser('a/b?c#d', ['customSchemas.Employment.badge'], startCall().call);
  assert.equal(key, null, 'a key that is none is nobody, whatever is read');
});

test('the manager is named by mail and found by primary mail or alias', async () => {
  const { users } = await readAll(open(everybody), ['manager.name.fullName']);
  const { managers } = open();
  assert.ok(managers);
  const names = new Map(users.flatMap((user) => managers.namesOf(user).map((name) => [name.toLowerCase(), user])));
  const managed = users.filter((user) => managers.keyOf(user) !== null);
  assert.ok(managed.length > 900);
  assert.ok(managed.every((user) => names.has(managers.keyOf(user)?.toLowerCase() ?? '')));
});

test('one person is found by id, mail and alias; nobody is nobody', async () => {
  const source = open(everybody);
  const { users } = await readAll(source, ['primaryEmail', 'aliases']);
  const known = users.find(({ attributes }) => Array.isArray(attributes.aliases));
  assert.ok(known);
  const { primaryEmail, aliases } = Object(known.attributes);
  for (const key of [known.id, primaryEmail, primaryEmail.toUpperCase(), aliases[0]]) {
    assert.equal((await source.readUser(key, ['name.fullName'], startCall().call))?.id, known.id, key);
  }
  for (const key of ['nobody@acme.example', '1', '..', '', 'a/b?c#d']) {
    assert.equal(await source.readUser(key, ['id'], startCall().call), null, key);
  }
});

test('a refused sign-in says what to do and tells no secret', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const file = JSON.stringify({ client_email: sandboxGoogle.email, private_key: other });
  await fails(open({}, file).check(startCall().call), 'auth', /invalid_grant/);
  const wrongFile = await fails(
    open({}, 'canary-key').check(startCall().call),
    'config',
    /JSON file that Google issues/,
  );
  assert.ok(!wrongFile.sentence.includes('canary'));
  const subject = 'nobody@acme.example';
  const wrongSubject = await fails(
    open({ auth: { ...auth, subject } }).check(startCall().call),
    'auth',
    /auth\.subject/,
  );
  assert.ok(!wrongSubject.sentence.includes(subject));
  await configure({ mayReadUsers: false });
  await fails(open().check(startCall().call), 'forbidden', /admin\.directory\.user\.readonly/);
});

test('a check in person signs in anew', async () => {
  const source = open();
  const { call, counts } = startCall();
  await source.check(call);
  await source.check(call);
  assert.equal(counts.get('login'), 1);
  await source.check(call, true);
  assert.equal(counts.get('login'), 2);
});

test('a token that has ended in mid-read is replaced once for many waiters', async () => {
  const source = open();
  const { call, counts } = startCall();
  await source.check(call);
  await control('POST', '/tokens/expire');
  await Promise.all([source.check(call), source.check(call), source.check(call)]);
  assert.equal(counts.get('login'), 2);
});

test('a limited rate is told from a missing right, and waited out', async () => {
  for (const limitedReason of ['userRateLimitExceeded', 'quotaExceeded']) {
    await control('POST', '/clock/advance', { milliseconds: 61_000 });
    await configure({ queriesPerMinute: 1, limitedReason });
    const source = open();
    await source.check(startCall().call);
    const error = await fails(source.check(startCall({ waitsMs: 10 }).call), 'throttled', /limits the rate/);
    assert.ok((error.facts.waitMs ?? 0) >= 1_500 && (error.facts.waitMs ?? 0) <= 3_000);
  }
});

test('after an hour of paging the place is lost, and so is one that was never given', async () => {
  const source = open();
  const first = await source.readPage({ at: 'start' }, ['id'], startCall().call);
  assert.ok(first.end.more);
  await configure({ pagingLife: 1_000 });
  await control('POST', '/clock/advance', { milliseconds: 5_000 });
  const at = (cursor: string) => source.readPage({ at: 'cursor', cursor }, ['id'], startCall().call);
  await fails(at(first.end.cursor), 'cursorExpired', /no longer knows/);
  await fails(at('nonsense'), 'cursorExpired', /no longer knows/);
  await fails(
    source.readPage({ at: 'watermark', watermark: 'x' }, ['id'], startCall().call),
    'cursorExpired',
    /reports no changes/,
  );
});

test('the members of a group are read as ids, with groups within by choice', async () => {
  const { users } = await readAll(open(), ['id']);
  const ids = users.slice(0, 250).map(({ id }) => worldIdOf(id));
  await control('PUT', '/groups/crew@acme.example', { people: ids.slice(0, 210), groups: ['inner@acme.example'] });
  await control('PUT', '/groups/inner@acme.example', { people: ids.slice(210) });
  const id = 'crew@acme.example';
  const source = open({ groups: { crew: id, all: { id, members: 'transitive' } } });
  const sizes = [];
  for (const group of ['crew', 'all']) {
    const first = await source.readMembers(group, null, startCall().call);
    const second = await source.readMembers(group, first.next, startCall().call);
    sizes.push([first.ids.length, second.ids.length, second.next]);
  }
  assert.deepEqual(sizes, [
    [200, 10, null],
    [200, 50, null],
  ]);
  assert.deepEqual(await source.groupsOf(users[0]?.id ?? '', startCall().call), ['crew', 'all']);
  assert.deepEqual(await source.groupsOf(users[220]?.id ?? '', startCall().call), ['all']);
  await fails(open({ groups: { none: 'no@acme.example' } }).check(startCall().call), 'config', /for none/);
});

test('attributes are offered with their schemas; paths that nobody has are refused before anything is sent', async () => {
  const paths = (await open().attributes(startCall().call)).map(({ path }) => path);
  for (const path of ['name.fullName', 'primaryEmail', 'customSchemas.Employment.badge']) {
    assert.ok(paths.includes(path), path);
  }
  const asked = ['name.fullName', 'department', 'customSchemas', 'customSchemas.A', 'manager', 'manager.manager.id'];
  const refused = google.refusedPaths(asked).map(({ path }) => path);
  assert.deepEqual(refused, ['department', 'customSchemas', 'customSchemas.A', 'manager', 'manager.manager.id']);
  assert.equal(
    google.settings.safeParse({ kind: 'google', auth, customer: 'C1', domain: 'acme.example' }).success,
    false,
  );
});
