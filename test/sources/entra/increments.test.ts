import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { sandboxApplication } from '../../../sandbox/document.ts';
import { startSandbox } from '../../../sandbox/start.ts';
import { entra } from '../../../src/sources/entra/index.ts';
import type { EntraSettings } from '../../../src/sources/entra/settings.ts';
import type { PageEnd, SourcePage } from '../../../src/sources/source.ts';
import { fails, readAll, startCall } from '../fixtures.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  sandbox = await startSandbox({ users: 300 });
});
after(() => sandbox.close());
afterEach(() => control('POST', '/options/entra', { deltaReset: false }));

const control = (method: string, path: string, body?: unknown) =>
  fetch(`${sandbox.urls.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const edit = (id: string, attributes: object) => control('PATCH', `/people/${id}`, attributes);

const open = (changes: Partial<EntraSettings> = {}) =>
  entra.open(
    entra.settings.parse({
      kind: 'entra',
      tenant: sandboxApplication.tenant,
      auth: { clientId: sandboxApplication.clientId, clientSecret: { env: 'ATTUNE_SECRET_ENTRA' } },
      endpoints: { login: sandbox.urls.entra, graph: sandbox.urls.entra },
      ...changes,
    }),
    { secret: async () => sandboxApplication.clientSecret },
  );

const watermarkNow = async (select: readonly string[], source = open()): Promise<string> => {
  const { watermark } = await readAll(source, select);
  assert.ok(watermark !== null);
  return watermark;
};

/** Everything an increment gives, to its end. */
const increment = async (watermark: string, select: readonly string[], source = open()) => {
  const pages: SourcePage[] = [await source.readPage({ at: 'watermark', watermark }, select, startCall().call)];
  for (let end: PageEnd | undefined = pages[0]?.end; end?.more; end = pages.at(-1)?.end) {
    pages.push(await source.readPage({ at: 'cursor', cursor: end.cursor }, select, startCall().call));
  }
  const last = pages.at(-1)?.end;
  assert.ok(last !== undefined && !last.more && last.watermark !== null);
  return {
    users: new Map(pages.flatMap(({ users }) => users.map(({ id, attributes }) => [id, attributes]))),
    removed: pages.flatMap(({ removed }) => removed),
    watermark: last.watermark,
  };
};

test('an increment gives exactly who changed in what is read, as they are now, and a place for the next', async () => {
  const select = ['companyName', 'department'];
  const { users } = await readAll(open(), select);
  const [one, two, three] = users.map(({ id }) => id);
  assert.ok(one && two && three);
  const watermark = await watermarkNow(select);
  await edit(one, { companyName: 'First' });
  await edit(one, { companyName: 'Second' });
  await edit(two, { streetAddress: 'not read by anybody' });
  const first = await increment(watermark, select);
  assert.deepEqual([...first.users.keys()], [one]);
  assert.equal(first.users.get(one)?.companyName, 'Second');
  assert.equal(typeof first.users.get(one)?.department, 'string', 'whole people, not the changed attribute alone');
  assert.equal((await increment(first.watermark, select)).users.size, 0);
  await edit(three, { department: 'Elsewhere' });
  assert.deepEqual([...(await increment(first.watermark, select)).users.keys()], [three]);
  assert.deepEqual(
    [...(await increment(watermark, select)).users.keys()].sort(),
    [one, three].sort(),
    'a place can be used again',
  );
});

test('who was deleted, and whom a setting leaves out by now, is removed; who came back is read', async () => {
  const select = ['companyName'];
  const source = open({ people: { disabled: 'exclude', guests: 'include' } });
  const { users } = await readAll(source, select);
  const [deleted, disabled, restored] = users.map(({ id }) => id);
  assert.ok(deleted && disabled && restored);
  const watermark = await watermarkNow(select, source);
  const back = await (await control('GET', `/people/${restored}`)).json();
  await control('DELETE', `/people/${deleted}`);
  await control('DELETE', `/people/${restored}`);
  await control('POST', '/people', back);
  await edit(disabled, { accountEnabled: false });
  const found = await increment(watermark, select, source);
  assert.deepEqual(found.removed.toSorted(), [deleted, disabled].sort());
  assert.deepEqual([...found.users.keys()], [restored]);
});

test('whose manager changed, or whose manager has another name now, is read again with the manager', async () => {
  const select = ['companyName', 'manager.displayName'];
  const { users } = await readAll(open(), select);
  const managed = users.filter(({ attributes }) => attributes.manager !== undefined);
  const [one, two] = managed.map(({ id }) => id);
  assert.ok(one && two);
  const watermark = await watermarkNow(select);
  await edit(one, { managerId: two });
  const moved = await increment(watermark, select);
  assert.ok(moved.users.has(one));
  const name = 'Renamed Chief';
  await edit(two, { displayName: name });
  const renamed = await increment(moved.watermark, select);
  assert.deepEqual(renamed.users.get(one)?.manager, { displayName: name });
  assert.ok(renamed.users.size < 30, 'dependents alone');
});

test('sixty attributes are tracked too', async () => {
  const sixty = Array.from({ length: 60 }, (_, index) => `extension_ab603c56068041afb2f6832e2a17e237_field${index}`);
  const watermark = await watermarkNow(sixty);
  const { users } = await readAll(open(), ['id']);
  const id = users[5]?.id ?? '';
  await edit(id, { [sixty[59] ?? '']: 'last' });
  assert.equal((await increment(watermark, sixty)).users.get(id)?.[sixty[59] ?? ''], 'last');
});

test('whoever moves to the start of the listing while it is read is not missed', async () => {
  const source = open();
  const select = ['companyName', 'manager.displayName'];
  const all = (await readAll(source, ['id'])).users.map(({ id }) => id);
  const first = await source.readPage({ at: 'start' }, select, startCall().call);
  const seen = new Set(first.users.map(({ id }) => id));
  for (const id of all.filter((one) => !seen.has(one)).slice(0, 20)) await edit(id, { companyName: 'Moved' });
  for (let { end } = first; end.more; ) {
    const page = await source.readPage({ at: 'cursor', cursor: end.cursor }, select, startCall().call);
    for (const { id } of page.users) seen.add(id);
    end = page.end;
  }
  assert.deepEqual(
    all.filter((id) => !seen.has(id)),
    [],
  );
});

test('a place that Graph resets, has forgotten or never gave is told as such', async () => {
  const select = ['companyName'];
  const watermark = await watermarkNow(select);
  const from = (place: string, of = select) =>
    open().readPage({ at: 'watermark', watermark: place }, of, startCall().call);
  await control('POST', '/options/entra', { deltaReset: true });
  await fails(from(watermark), 'cursorExpired', /no longer knows/);
  await control('POST', '/options/entra', { deltaReset: false });
  await fails(from('nonsense'), 'cursorExpired', /another listing/);
  await fails(from(watermark, ['companyName', 'manager.displayName']), 'cursorExpired', /another listing/);
  await control('POST', '/clock/advance', { milliseconds: 8 * 24 * 3_600_000 });
  await fails(from(watermark), 'cursorExpired', /no longer knows/);
});
