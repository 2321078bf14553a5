import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { z } from 'zod';
import { sandboxApplication } from '../../../sandbox/document.ts';
import { startSandbox } from '../../../sandbox/start.ts';
import { entra } from '../../../src/sources/entra/index.ts';
import type { EntraSettings } from '../../../src/sources/entra/settings.ts';
import { properties } from '../../../src/sources/entra/usual-paths.ts';
import { fails, readAll, startCall } from '../fixtures.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  sandbox = await startSandbox({ users: 250 });
});
after(() => sandbox.close());
afterEach(async () => {
  await control('DELETE', '/faults');
  await control('POST', '/options/entra', { mayReadUsers: true, longestUrl: 2048, emptyPageEvery: 1_000_000 });
});

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const fault = (path: string, effect: object, more: object = {}) =>
  control('POST', '/faults', { service: 'entra', path, effect, ...more });

const settingsWith = (changes: Partial<EntraSettings> = {}) =>
  entra.settings.parse({
    kind: 'entra',
    tenant: sandboxApplication.tenant,
    auth: { clientId: sandboxApplication.clientId, clientSecret: { env: 'ATTUNE_SECRET_ENTRA' } },
    endpoints: { login: sandbox.urls.entra, graph: sandbox.urls.entra },
    ...changes,
  });
const open = (changes: Partial<EntraSettings> = {}, secret = async () => sandboxApplication.clientSecret) =>
  entra.open(settingsWith(changes), { secret });
const badge = 'extension_ab603c56068041afb2f6832e2a17e237_badge';

test('everybody is read once with exactly what was selected', async () => {
  const { call, counts } = startCall();
  const { users, pages, watermark } = await readAll(open(), ['companyName', 'businessPhones', badge], call);
  assert.equal(pages, 2, 'everybody, then who changed meanwhile');
  assert.ok(watermark !== null);
  assert.equal(new Set(users.map(({ id }) => id)).size, 250);
  assert.deepEqual([counts.get('login'), counts.get('listing')], [1, 3]);
  for (const { attributes } of users) {
    assert.ok('companyName' in attributes && 'businessPhones' in attributes);
    assert.ok(Object.keys(attributes).every((name) => ['companyName', 'businessPhones', badge].includes(name)));
  }
});

test('the manager comes with the page, and pages are a hundred people long', async () => {
  const { users, pages } = await readAll(open(), ['displayName', 'manager.displayName', 'manager.mail']);
  assert.deepEqual([users.length, pages], [250, 4]);
  const managers = users.flatMap(({ attributes }) => (attributes.manager === undefined ? [] : [attributes.manager]));
  assert.ok(managers.length > 0 && managers.length < 250);
  for (const manager of managers) {
    const parsed = z.strictObject({ displayName: z.string(), mail: z.string().nullable() }).parse(manager);
    assert.notEqual(parsed.displayName, '');
  }
});

test('empty pages do not end a listing', async () => {
  await control('POST', '/options/entra', { emptyPageEvery: 2 });
  const { users, pages } = await readAll(open(), ['displayName', 'manager.displayName']);
  assert.equal(users.length, 250);
  assert.ok(pages > 3);
});

test('people a setting leaves out are not listed, and asked for one by one they are refused by its name', async () => {
  const { users } = await readAll(open(), ['accountEnabled', 'userType']);
  const disabled = users.filter(({ attributes }) => attributes.accountEnabled === false);
  const guests = users.filter(({ attributes }) => attributes.userType === 'Guest');
  assert.ok(disabled.length > 0 && guests.length > 0);
  const strict = open({ people: { disabled: 'exclude', guests: 'exclude' } });
  const left = new Set([...disabled, ...guests].map(({ id }) => id));
  const read = await readAll(strict, ['mail']);
  assert.deepEqual(
    read.users.map(({ id }) => id).sort(),
    users
      .map(({ id }) => id)
      .filter((id) => !left.has(id))
      .sort(),
  );
  assert.ok(read.users.every(({ attributes }) => Object.keys(attributes).join() === 'mail'));
  await fails(strict.readUser(disabled[0]?.id ?? '', ['mail'], startCall().call), 'rejected', /people\.disabled/);
});

test('sixty attributes are read in two listings joined by id, though people move between their pages', async () => {
  const sixty = Array.from({ length: 60 }, (_, index) => `extension_ab603c56068041afb2f6832e2a17e237_field${index}`);
  const select = [...sixty, badge, 'displayName', 'manager.displayName'];
  const source = open();
  const plain = await readAll(source, [badge, 'displayName']);
  const expected = new Map(plain.users.map(({ id, attributes }) => [id, attributes]));
  const first = await source.readPage({ at: 'start' }, select, startCall().call);
  assert.ok(first.end.more);
  const moving = plain.users.slice(120, 140).map(({ id }) => id);
  await control('POST', '/people/edit', { ids: moving, attributes: ['mobilePhone'] });
  const { call, counts } = startCall();
  const second = await source.readPage({ at: 'cursor', cursor: first.end.cursor }, select, call);
  for (const { id, attributes } of [...first.users, ...second.users]) {
    assert.equal(attributes[badge], expected.get(id)?.[badge]);
    assert.equal(attributes.displayName, expected.get(id)?.displayName);
  }
  assert.ok((counts.get('listing') ?? 0) >= 2);
});

test('one person is found by id, login and mail, guests too; nobody is nobody', async () => {
  const source = open();
  const { users } = await readAll(source, ['userPrincipalName', 'mail', 'otherMails', 'userType']);
  const guest = users.find(({ attributes }) => attributes.userType === 'Guest');
  const { userPrincipalName: login, otherMails } = z
    .object({ userPrincipalName: z.string(), otherMails: z.array(z.string()) })
    .parse(guest?.attributes);
  assert.match(login, /#EXT#/);
  for (const key of [guest?.id ?? '', login, login.toUpperCase(), otherMails[0] ?? '']) {
    assert.equal((await source.readUser(key, ['displayName'], startCall().call))?.id, guest?.id);
  }
  for (const key of ['nobody@acme.example', 'nobody', 'delta', '$count', '..', '', "o'brien@acme.example", 'a/b?c#d']) {
    assert.equal(await source.readUser(key, ['displayName'], startCall().call), null, key);
  }
});

test('several people with one mail are an error that lists their ids only', async () => {
  const source = open();
  for (const id of ['11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002']) {
    const person = { id, userPrincipalName: `${id}@acme.example`, mail: 'shared@acme.example', accountEnabled: true };
    assert.equal((await control('POST', '/people', person)).status, 200);
  }
  const failure = await fails(
    source.readUser('shared@acme.example', ['mail'], startCall().call),
    'rejected',
    /^2 people .*11111111-0000-4000-8000-000000000001/,
  );
  assert.doesNotMatch(failure.sentence, /shared@/);
});

test('an expired or malformed place is told apart', async () => {
  const source = open();
  const select = ['displayName', 'manager.displayName'];
  const { end } = await source.readPage({ at: 'start' }, select, startCall().call);
  assert.ok(end.more);
  const behind = (cursor: string) => source.readPage({ at: 'cursor', cursor }, select, startCall().call);
  await control('POST', '/options/entra', { cursorLife: 1000 });
  await control('POST', '/clock/advance', { milliseconds: 2000 });
  await fails(behind(end.cursor), 'cursorExpired', /no longer knows this position/);
  await control('POST', '/options/entra', { cursorLife: 1e12 });
  await fails(behind('nonsense'), 'cursorExpired', /another listing/);
  const place = z.looseObject({ step: z.literal('list') }).parse(JSON.parse(end.cursor));
  const at = (link: string) => behind(JSON.stringify({ ...place, links: [link] }));
  await fails(at('https://elsewhere.example/v1.0/users?$skiptoken=x'), 'wrongShape', /another host/);
  await fails(at(`${sandbox.urls.entra}/v1.0/users?$skiptoken=x`), 'cursorExpired', /no longer knows/);
});

test('a token that ends in mid-read is replaced once', async () => {
  const source = open();
  const { call, counts } = startCall();
  const { end } = await source.readPage({ at: 'start' }, ['manager.mail'], call);
  assert.ok(end.more);
  await control('POST', '/tokens/expire');
  const next = await source.readPage({ at: 'cursor', cursor: end.cursor }, ['manager.mail'], call);
  assert.equal(next.users.length, 100);
  assert.deepEqual([counts.get('login'), counts.get('listing')], [2, 5]);
});

test('many callers share one sign-in', async () => {
  const source = open();
  const { call, counts } = startCall();
  await Promise.all(Array.from({ length: 12 }, () => source.check(call)));
  assert.deepEqual([counts.get('login'), counts.get('read')], [1, 12]);
});

test('refused credentials say what to do', async () => {
  const check = (changes: Partial<EntraSettings>, secret = sandboxApplication.clientSecret) =>
    open(changes, async () => secret).check(startCall().call);
  const failure = await fails(check({}, 'wr0ng-s3cret'), 'auth', /refuses the client secret \(AADSTS7000215\)/);
  assert.doesNotMatch(failure.sentence + String(failure.cause), /wr0ng-s3cret/);
  const auth = { clientId: '51f00000-0000-0000-0000-0000000000ff', clientSecret: { env: 'ATTUNE_SECRET_ENTRA' } };
  await fails(check({ auth }), 'config', /AADSTS700016/);
  await fails(check({ tenant: 'another.example' }), 'config', /AADSTS90002/);
});

test('a secret that was rotated is read again', async () => {
  let secret = 'old';
  const source = open({}, async () => secret);
  await fails(source.check(startCall().call), 'auth', /7000215/);
  secret = sandboxApplication.clientSecret;
  await source.check(startCall().call);
});

test('a check in person signs in anew, so that a secret that is wrong by now is told while the token still lives', async () => {
  let secret = sandboxApplication.clientSecret;
  const source = open({}, async () => secret);
  await source.check(startCall().call);
  secret = 'wrong by now';
  await source.check(startCall().call);
  await fails(source.check(startCall().call, true), 'auth', /7000215/);
});

test('a missing right is named', async () => {
  await control('POST', '/options/entra', { mayReadUsers: false });
  await fails(open().check(startCall().call), 'forbidden', /User\.Read\.All/);
});

test('a server that lists people and does not record changes is told from one that knows nobody', async () => {
  const read = () => open().readPage({ at: 'start' }, ['displayName'], startCall().call);
  for (const [status, kind, remedy] of [
    [404, 'notFound', /endpoints\.graph is Microsoft Graph itself: the server there does not record changes/],
    [405, 'wrongShape', /endpoints\.graph is Microsoft Graph/],
    [403, 'forbidden', /User\.Read\.All/],
  ] as const) {
    await fault('/v1.0/users/delta', { kind: 'status', status });
    const failure = await fails(read(), kind, /\/v1\.0\/users\/delta/);
    assert.match(failure.facts.remedy ?? '', remedy, String(status));
    await control('DELETE', '/faults');
  }
  await fault('/v1.0/users/delta', { kind: 'status', status: 501 });
  const { users, watermark } = await readAll(open(), ['displayName']);
  assert.ok(users.length > 200, 'what is not tracked is read all the same');
  assert.equal(watermark, null);
});

test('attributes Graph refuses in a list are refused by name before anything is asked', async () => {
  const read = (path: string, counted = startCall()) =>
    open().readPage({ at: 'start' }, ['displayName', path], counted.call);
  for (const path of [
    'skills',
    'mailboxSettings.language',
    'manager',
    'manager.manager.mail',
    'memberOf',
    'a-b',
    'displayname',
    'presence',
    'calendar',
    'createdObjects',
    'refreshTokensValidFromDateTime',
  ]) {
    const counted = startCall();
    await fails(read(path, counted), 'config', new RegExp(`The attribute ${path} cannot be read`));
    assert.equal(counted.counts.size, 0);
  }
});

test('every property of Graph is one here, and an empty collection is an empty list', async () => {
  const all = [...properties].filter((name) => name !== 'signInActivity');
  const { users } = await readAll(open(), all);
  assert.ok(users.every(({ attributes }) => JSON.stringify(attributes.proxyAddresses) === '[]'));
  assert.ok(users.every(({ attributes }) => Array.isArray(attributes.assignedLicenses)));
});

test('names of other directories lead to those of Graph', () => {
  const meant = (path: string) => entra.refusedPaths([path])[0]?.remedy ?? 'taken';
  for (const [path, said] of [
    ['sAMAccountName', 'onPremisesSamAccountName'],
    ['telephoneNumber', 'businessPhones[0]'],
    ['extensionAttribute1', 'onPremisesExtensionAttributes.extensionAttribute1'],
    ['manager.sAMAccountName', 'manager.onPremisesSamAccountName'],
    ['physicalDeliveryOfficeName', 'officeLocation'],
    ['departmnet', 'department'],
  ] as const) {
    assert.equal(meant(path), `Did you mean ${said}?`);
  }
  assert.match(meant('memberOf'), /groups/);
  assert.match(meant('badgeNumberOfTheCompany'), /extension_</);
  for (const path of [
    'extension_ab603c56068041afb2f6832e2a17e237_badge',
    'ext8xy2z_room',
    'employeeOrgData.costCenter',
  ]) {
    assert.equal(meant(path), 'taken');
  }
});

test('a short throttling is waited out, a long one is handed on with its wait', async () => {
  const effect = (seconds: string) => ({ kind: 'status', status: 429, headers: { 'retry-after': seconds } });
  await fault('/v1.0/users', effect('0.2'), { count: 2 });
  const { call, counts } = startCall();
  assert.equal((await readAll(open(), ['mail'], call)).users.length >= 250, true);
  assert.equal(counts.get('listing'), 5, 'two of them in vain');
  for (const [header, waitMs] of [
    ['42.128', 42_128],
    ['9223372036854775807', 3_600_000],
  ] as const) {
    await control('DELETE', '/faults');
    await fault('/v1.0/users', effect(header), { count: 1 });
    const failure = await fails(readAll(open(), ['mail']), 'throttled', /limits the rate of GET \/v1\.0\/users/);
    assert.equal(failure.facts.waitMs, waitMs);
  }
});

test('a broken answer is asked for again once; broken twice it is told by what it is', async () => {
  await fault('/v1.0/users', { kind: 'truncated' }, { count: 1 });
  assert.equal((await readAll(open(), ['mail'])).pages, 2);
  await control('DELETE', '/faults');
  await fault('/v1.0/users', { kind: 'html' });
  await fails(readAll(open(), ['mail']), 'wrongShape', /not JSON/);
  await control('DELETE', '/faults');
  await fault('/v1.0/users', { kind: 'status', status: 200, body: '{"value":[{"displayName":"Zo"}]}' });
  const failure = await fails(readAll(open(), ['mail']), 'wrongShape', /at value\.\[\]\.id/);
  assert.doesNotMatch(failure.sentence, /Zo/);
  await control('DELETE', '/faults');
  await fault('/oauth2/', { kind: 'html' });
  await fails(readAll(open(), ['mail']), 'wrongShape', /not a token/);
});

test('a provider that is down or failing is unavailable', async () => {
  await fault('/v1.0/users', { kind: 'status', status: 502 });
  await fails(readAll(open(), ['mail']), 'unavailable', /answers 502/);
  await control('DELETE', '/faults');
  await fault('/v1.0/users', { kind: 'reset', when: 'before' });
  await fails(readAll(open(), ['mail']), 'unavailable', /does not answer GET \/v1\.0\/users\/delta \(ECONNRESET\)/);
  const endpoints = { login: 'http://127.0.0.1:1', graph: 'http://127.0.0.1:1' };
  await fails(open({ endpoints }).check(startCall().call), 'unavailable', /sign-in .*ECONNREFUSED/);
});

test('an abort passes through as it came', async () => {
  const reason = new Error('the run was cancelled');
  const controller = new AbortController();
  await fault('/v1.0/users', { kind: 'delay', milliseconds: 5_000 });
  const reading = readAll(open(), ['mail'], startCall({ signal: controller.signal }).call);
  setTimeout(() => controller.abort(reason), 100);
  await assert.rejects(reading, (error) => error === reason);
});

test('the paths of a tenant are told with type and an example', async () => {
  const paths = new Map((await open().attributes(startCall().call)).map((one) => [one.path, one]));
  assert.equal(paths.get('displayName')?.type, 'string');
  assert.equal(typeof paths.get('displayName')?.example, 'string');
  assert.equal(paths.get('businessPhones')?.type, 'list');
  assert.equal(paths.get('accountEnabled')?.type, 'boolean');
  assert.ok(paths.has('onPremisesExtensionAttributes.extensionAttribute1'));
  assert.ok(paths.has('manager.displayName'));
});
