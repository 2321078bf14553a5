import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { z } from 'zod';
import type { SourceUser } from '../../src/core/values.ts';
import type { PageEnd, ReadPlace, SourcePage } from '../../src/sources/source.ts';
import { fails, readAll, startCall } from '../sources/fixtures.ts';
import type { SourceLab, SourceMember } from './source-lab.ts';

const users = 1_100;

const held = z.array(z.looseObject({ id: z.string(), managerId: z.string().nullable() }));

/** The value a path leads to in a person's attributes. */
const at = ({ attributes }: SourceUser, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => Reflect.get(Object(value), name), attributes);

/** What every source keeps to, whatever the provider; deviations stand with their reasons in the member. */
export const sourceContract = (member: SourceMember): void => {
  const { words, deviations, listing, name } = member;
  const unless = (reason: string | undefined) => (reason === undefined ? {} : { skip: reason });
  describe(`the contract of a source: ${name}`, () => {
    let lab: SourceLab;
    before(async () => {
      lab = await member.start(users);
    });
    after(() => lab.close());
    afterEach(() => lab.control('DELETE', '/faults'));
    const call = () => startCall().call;
    const fault = (effect: object, more: object = {}) =>
      lab.control('POST', '/faults', { service: name, path: listing, effect, ...more });
    const edit = (id: string, attributes: object) => lab.control('PATCH', `/people/${lab.worldOf(id)}`, attributes);
    const goOn = async (first: SourcePage, select: readonly string[]): Promise<SourceUser[]> => {
      const found = [...first.users];
      const source = lab.open();
      for (let end: PageEnd = first.end; end.more; ) {
        const page = await source.readPage({ at: 'cursor', cursor: end.cursor }, select, call());
        found.push(...page.users);
        end = page.end;
      }
      return found;
    };

    test('reads everybody to the provider’s own end, with what was selected', async () => {
      const { users: found, pages } = await readAll(lab.open(), [words.login, words.company]);
      assert.equal(new Set(found.map(({ id }) => id)).size, users);
      assert.ok(pages > 1);
      assert.ok(found.every((user) => typeof at(user, words.login) === 'string'));
      assert.ok(found.filter((user) => typeof at(user, words.company) === 'string').length > users / 2);
    });

    test('an empty page in mid-listing ends nothing', unless(deviations.emptyPages), async () => {
      await lab.control('POST', `/options/${name}`, { emptyPageEvery: 2 });
      const { users: found } = await readAll(lab.open(), [words.login]);
      await lab.control('POST', `/options/${name}`, { emptyPageEvery: 1_000_000 });
      assert.equal(new Set(found.map(({ id }) => id)).size, users);
    });

    test('a huge page is read like any other', async () => {
      const crowd = await member.start(300);
      const long = 'x'.repeat(60_000);
      for (const { id } of (await readAll(crowd.open(), [words.login])).users) {
        await crowd.control('PATCH', `/people/${crowd.worldOf(id)}`, words.setOne(0, long));
      }
      const [path = ''] = words.sixty;
      const { users: found } = await readAll(crowd.open(), [path]);
      await crowd.close();
      assert.equal(new Set(found.map(({ id }) => id)).size, 300);
      assert.ok(found.every((user) => at(user, path) === long));
    });

    test('an empty tenant is a complete read of nobody', async () => {
      const empty = await member.start(0);
      const { users: found } = await readAll(empty.open(), [words.login]);
      await empty.close();
      assert.deepEqual(found, []);
    });

    test('a place that is no longer known is told as such, and a new listing reads everybody', async () => {
      const source = lab.open();
      const first = await source.readPage({ at: 'start' }, [words.login], call());
      assert.ok(first.end.more);
      const place = { at: 'cursor', cursor: first.end.cursor } as const;
      const restore = await lab.forgetPlaces();
      await fails(source.readPage(place, [words.login], call()), 'cursorExpired', /no longer knows/);
      await fails(source.readPage({ at: 'cursor', cursor: 'nonsense' }, [words.login], call()), 'cursorExpired', /./);
      await restore();
      const { users: found } = await readAll(source, [words.login]);
      assert.equal(new Set(found.map(({ id }) => id)).size, users);
    });

    test('a page that fails is a failure and no end', async () => {
      const source = lab.open();
      const first = await source.readPage({ at: 'start' }, [words.login], call());
      assert.ok(first.end.more);
      const place = { at: 'cursor', cursor: first.end.cursor } as const;
      await fault({ kind: 'status', status: 500 });
      await fails(source.readPage(place, [words.login], call()), 'unavailable', /answers 500/);
      await lab.control('DELETE', '/faults');
      await fault({ kind: 'reset', when: 'before' });
      await fails(source.readPage(place, [words.login], call()), 'unavailable', /does not answer/);
      await lab.control('DELETE', '/faults');
      assert.ok((await source.readPage(place, [words.login], call())).users.length > 0);
    });

    test('a limited rate is waited out when the wait is short, and handed on when it is long', async () => {
      await fault(member.limited.effect, { count: 1 });
      const { call: patient, counts } = startCall({ waitsMs: 20_000 });
      if (member.limited.leastMs <= 3_000) {
        await lab.open().check(patient);
        assert.ok((counts.get('read') ?? 0) === 2, 'asked once more after the wait');
        await fault(member.limited.effect, { count: 1 });
      }
      const error = await fails(lab.open().check(startCall({ waitsMs: 1 }).call), 'throttled', /limits the rate/);
      assert.ok((error.facts.waitMs ?? 0) >= member.limited.leastMs);
    });

    test('answers that are cut off, of another shape or no JSON are told apart and repeat no value', async () => {
      await fault({ kind: 'truncated' }, { count: 1 });
      await lab.open().check(call());
      await lab.control('DELETE', '/faults');
      await fault({ kind: 'html' });
      await fails(lab.open().check(call()), 'wrongShape', /not JSON/);
      await lab.control('DELETE', '/faults');
      await fault({ kind: 'status', status: 200, body: '{"users":[{"name":"canary"}],"value":[{"name":"canary"}]}' });
      const error = await fails(lab.open().check(call()), 'wrongShape', /form that differs/);
      assert.ok(!error.sentence.includes('canary'));
    });

    test('a link to another host is never followed', unless(deviations.links), async () => {
      const elsewhere = 'https://elsewhere.example/next';
      const body = name === 'okta' ? '[]' : JSON.stringify({ value: [], '@odata.nextLink': elsewhere });
      const headers = { 'content-type': 'application/json', link: `<${elsewhere}>; rel="next"` };
      await fault({ kind: 'status', status: 200, body, headers }, { path: `${listing}$`, count: 1 });
      const page = await lab.open().readPage({ at: 'start' }, [words.login], call());
      assert.ok(page.end.more);
      const place = { at: 'cursor', cursor: page.end.cursor } as const;
      await fails(lab.open().readPage(place, [words.login], call()), 'wrongShape', /another host/);
    });

    test('an abort passes through as it came', async () => {
      const reason = new Error('cancelled');
      const controller = new AbortController();
      await fault({ kind: 'delay', milliseconds: 5_000 });
      const reading = lab
        .open()
        .readPage({ at: 'start' }, [words.login], startCall({ signal: controller.signal }).call);
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(reading, (error) => error === reason);
    });

    test('sixty attributes are read of everybody', async () => {
      const { users: found } = await readAll(lab.open(), ['id']);
      const [one] = found;
      assert.ok(one);
      for (const index of [0, 59]) {
        await edit(one.id, words.setOne(index, `value ${index}`));
        const { users: read } = await readAll(lab.open(), [...words.sixty, words.company]);
        const person: SourceUser | undefined = read.find(({ id }) => id === one.id);
        assert.ok(person);
        assert.equal(at(person, words.sixty[index] ?? ''), `value ${index}`);
      }
    });

    test('a path that would spoil the listing is refused before anything is sent', async () => {
      const { call: counting, counts } = startCall();
      await fails(lab.open().readPage({ at: 'start' }, [words.refused], counting), 'config', /cannot be read/);
      assert.equal(counts.size, 0);
    });

    test('one person is found by id and login; nobody is nobody', async () => {
      const source = lab.open();
      const { users: found } = await readAll(source, [words.login]);
      for (const user of found.slice(50, 55)) {
        const login = String(at(user, words.login));
        for (const key of [user.id, login, login.toUpperCase()]) {
          assert.equal((await source.readUser(key, [words.login], call()))?.id, user.id, key);
        }
      }
      for (const key of ['nobody@acme.example', '..', '', 'a/b?c#d', '$count', "o'brien@acme.example"]) {
        assert.equal(await source.readUser(key, [words.login], call()), null, key);
      }
    });

    test('several people of one mail are an error that names ids alone', unless(deviations.severalHits), async () => {
      const { users: found } = await readAll(lab.open(), ['id']);
      const twins = found.slice(60, 62).map(({ id }) => id);
      for (const id of twins) await edit(id, { mail: 'twins@acme.example' });
      const error = await fails(lab.open().readUser('twins@acme.example', ['id'], call()), 'rejected', /2 people/);
      assert.ok(twins.every((id) => error.sentence.includes(id)));
      assert.ok(!error.sentence.includes('twins@'));
    });

    test('the manager’s attributes stand with the person, or can be found by the name the person gives', async () => {
      const source = lab.open();
      const { users: found } = await readAll(source, [words.login, words.managerName]);
      const { managers } = source;
      const [manager = '', ...rest] = words.managerName.split('.');
      if (managers === null) {
        assert.ok(found.filter((user) => at(user, words.managerName) !== undefined).length > users / 2);
        assert.ok(
          found.every((user) => at(user, manager) === undefined || typeof at(user, words.managerName) === 'string'),
        );
        return;
      }
      const named = new Map(found.flatMap((user) => managers.namesOf(user).map((one) => [one.toLowerCase(), user])));
      const chiefs = found.flatMap((user) => named.get(managers.keyOf(user)?.toLowerCase() ?? '') ?? []);
      assert.ok(chiefs.length > users / 2);
      assert.ok(chiefs.every((chief) => typeof at(chief, rest.join('.')) === 'string'));
    });

    test('whoever a setting leaves out takes no part, and is named as a manager all the same', async () => {
      const source = lab.open({ people: words.leftOut.people });
      const select = [words.login, words.managerName];
      const { users: found } = await readAll(source, select);
      const { managers } = source;
      const [, ...rest] = words.managerName.split('.');
      const chiefs = new Map<string, SourceUser>();
      if (managers !== null) {
        for (const user of found) for (const one of managers.namesOf(user)) chiefs.set(one.toLowerCase(), user);
      }
      const chiefOf = (user: SourceUser): string | null => {
        if (managers === null) return at(user, words.managerName) === undefined ? null : words.managerName;
        return chiefs.get(managers.keyOf(user)?.toLowerCase() ?? '')?.id ?? null;
      };
      const report = found.find((user) => chiefOf(user) !== null) ?? assert.fail('nobody has a manager');
      const world = lab.worldOf(report.id);
      const stored: unknown = await (await lab.control('GET', '/stores/entra')).json();
      const chief =
        held.parse(stored).find(({ id }) => id === world)?.managerId ?? assert.fail('the sandbox knows no manager');
      await lab.control('PATCH', `/people/${chief}`, words.leftOut.edit);
      let named: unknown;
      let takesPart = false;
      for (let place: ReadPlace = { at: 'start' }; ; ) {
        const page: SourcePage = await source.readPage(place, select, call());
        const id = lab.idOf(chief);
        takesPart ||= page.users.some((user) => user.id === id);
        const bystander = page.bystanders.find((user) => user.id === id);
        if (bystander !== undefined) named = at(bystander, rest.join('.'));
        const own = page.users.find((user) => user.id === report.id);
        if (managers === null && own !== undefined) named = at(own, words.managerName);
        if (!page.end.more) break;
        place = { at: 'cursor', cursor: page.end.cursor };
      }
      assert.equal(takesPart, false);
      assert.equal(typeof named, 'string');
      await fails(source.readUser(lab.idOf(chief), select, call()), 'rejected', /left out by people\./);
      const asked = await source.readUser(lab.idOf(chief), select, call(), true);
      assert.equal(asked?.id, lab.idOf(chief));
    });

    test(
      'a group may be given by its name; one that several have is refused',
      unless(deviations.groupNames),
      async () => {
        const member = (await readAll(lab.open(), [words.login])).users[0] ?? assert.fail('nobody');
        const people = [lab.worldOf(member.id)];
        await lab.control('PUT', '/groups/named-id', { name: "Crew O'Neill", people });
        const source = lab.open({ groups: { crew: "Crew O'Neill", other: 'named-id-2' } });
        await lab.control('PUT', '/groups/named-id-2', { people: [] });
        await source.check(call());
        assert.deepEqual((await source.readMembers('crew', null, call())).ids, [member.id]);
        assert.deepEqual(await source.groupsOf(member.id, call()), ['crew']);
        await lab.control('PUT', '/groups/named-id-3', { name: "Crew O'Neill", people: [] });
        assert.deepEqual(
          (await source.readMembers('crew', null, call())).ids,
          [member.id],
          'it is known by its id by now',
        );
        const again = lab.open({ groups: { crew: "Crew O'Neill" } });
        await fails(again.check(call()), 'config', /2 groups with the name Crew O'Neill: named-id, named-id-3/);
        await fails(lab.open({ groups: { crew: 'Nobody' } }).check(call()), 'config', /no group with the name Nobody/);
      },
    );

    test('the members of a group are read to the end, and one person’s own groups are told', async () => {
      const { users: found } = await readAll(lab.open(), ['id']);
      const inside = found.slice(0, 300).map(({ id }) => id);
      await lab.control('PUT', '/groups/crew-id', { people: inside.map(lab.worldOf) });
      const source = lab.open({ groups: { crew: 'crew-id' } });
      const ids: string[] = [];
      for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
        const page: Awaited<ReturnType<typeof source.readMembers>> = await source.readMembers('crew', cursor, call());
        ids.push(...page.ids);
        cursor = page.next;
      }
      assert.deepEqual(ids.toSorted(), inside.toSorted());
      assert.deepEqual(await source.groupsOf(inside[0] ?? '', call()), ['crew']);
      assert.deepEqual(await source.groupsOf(found[400]?.id ?? '', call()), []);
      await source.check(call());
      await fails(lab.open({ groups: { crew: 'no-such-id' } }).check(call()), 'config', /for crew|no-such-id/);
    });

    test('the attributes offered can be mapped, each with a type and one example', async () => {
      const offered = await lab.open().attributes(call());
      for (const path of [words.login, words.company]) {
        const found = offered.find(
          (one) => one.path === path || words.company.startsWith(`${one.path}.`) || one.path === path.split('[')[0],
        );
        assert.ok(found, path);
      }
      assert.ok(offered.some(({ example }) => example !== null));
    });

    test('a token that ends in mid-read is replaced; a secret that is refused is told without itself', async () => {
      const source = lab.open();
      const first = await source.readPage({ at: 'start' }, [words.login], call());
      await lab.control('POST', '/tokens/expire');
      assert.equal(new Set((await goOn(first, [words.login])).map(({ id }) => id)).size, users);
      const error = await lab
        .open({}, 'canary-secret')
        .check(call())
        .then(
          () => null,
          (reason: unknown) => reason,
        );
      assert.ok(error instanceof Error);
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /canary/);
    });
  });
};
