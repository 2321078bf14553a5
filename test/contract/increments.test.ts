import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { SourceUser } from '../../src/core/values.ts';
import type { IdentitySource, ReadPlace, SourcePage } from '../../src/sources/source.ts';
import { fails, readAll, startCall } from '../sources/fixtures.ts';
import type { SourceLab, SourceMember } from './source-lab.ts';
import { members } from './source-members.ts';

const people = 450;
const tenMinutes = 600_000;
const aMonth = 31 * 24 * 3_600_000;

/** What an increment came to; whoever it gives twice counts as last given. */
type Increment = {
  readonly given: ReadonlyMap<string, SourceUser>;
  readonly removed: ReadonlySet<string>;
  readonly watermark: string;
};

/** Reads an increment to its end; `between` happens behind each page but the last. */
const increment = async (
  source: IdentitySource,
  watermark: string,
  select: readonly string[],
  between: (pageNo: number) => Promise<void> = async () => undefined,
): Promise<Increment> => {
  const given = new Map<string, SourceUser>();
  const removed = new Set<string>();
  for (let place: ReadPlace = { at: 'watermark', watermark }, pageNo = 0; ; pageNo += 1) {
    const page: SourcePage = await source.readPage(place, select, startCall().call);
    for (const user of page.users) {
      given.set(user.id, user);
      removed.delete(user.id);
    }
    for (const id of page.removed) {
      removed.add(id);
      given.delete(id);
    }
    if (!page.end.more) {
      assert.ok(page.end.watermark !== null, 'an increment ends with a place for the next');
      return { given, removed, watermark: page.end.watermark };
    }
    await between(pageNo);
    place = { at: 'cursor', cursor: page.end.cursor };
  }
};

/** Which people are edited before an increment, and which behind each of its pages. */
const plans = fc.record({
  before: fc.integer({ min: 200, max: 320 }),
  between: fc.array(fc.array(fc.nat(people - 1), { maxLength: 8 }), { maxLength: 6 }),
});

const contract = (member: SourceMember): void => {
  const { words, deviations, name } = member;
  const unless = (reason: string | undefined) => (reason === undefined ? {} : { skip: reason });
  const select = [words.login, words.company];
  const at = ({ attributes }: SourceUser, path: string): unknown =>
    path.split('.').reduce<unknown>((value, part) => Reflect.get(Object(value), part), attributes);
  const company = (user: SourceUser): unknown => at(user, words.company);
  const login = (user: SourceUser): unknown => at(user, words.login);

  describe(`the increments of ${name}`, unless(deviations.increments), () => {
    let lab: SourceLab;
    before(async () => {
      lab = await member.start(people);
    });
    after(() => lab.close());
    const edit = (id: string, attributes: object) => lab.control('PATCH', `/people/${lab.worldOf(id)}`, attributes);
    /** Everybody as they are, and a place behind which nobody has changed for long. */
    const settled = async (source: IdentitySource) => {
      await lab.control('POST', '/clock/advance', { milliseconds: tenMinutes });
      const { users, watermark } = await readAll(source, select);
      assert.ok(watermark !== null);
      return { users, watermark };
    };

    test('of nothing are nobody, and a place that can be used again and again', async () => {
      const source = lab.open();
      const first = await increment(source, (await settled(source)).watermark, select);
      assert.deepEqual([[...first.given], [...first.removed]], [[], []]);
      const second = await increment(source, first.watermark, select);
      assert.deepEqual([...second.given], []);
    });

    test('give who changed since, whole and as they are now, however often the same place is used', async () => {
      const source = lab.open();
      const { users, watermark } = await settled(source);
      const [one, two] = users.slice(70).map(({ id }) => id);
      assert.ok(one !== undefined && two !== undefined);
      await edit(one, { companyName: 'First' });
      await edit(one, { companyName: 'Second' });
      await edit(two, { companyName: 'Other' });
      for (const time of ['once', 'again']) {
        const { given } = await increment(source, watermark, select);
        assert.deepEqual([...given.keys()].sort(), [one, two].sort(), time);
        const found = given.get(one);
        assert.ok(found !== undefined);
        assert.equal(company(found), 'Second');
        assert.equal(login(found), login(users.find(({ id }) => id === one) ?? found), 'with all that is selected');
      }
    });

    test('give somebody who is new', async () => {
      const source = lab.open();
      const { watermark } = await settled(source);
      const world = randomUUID();
      const person = { id: world, userPrincipalName: `new.${world}@acme.example`, displayName: 'New', otherMails: [] };
      await lab.control('POST', '/people', person);
      assert.deepEqual([...(await increment(source, watermark, select)).given.keys()], [lab.idOf(world)]);
    });

    test('report whom a setting leaves out by now as removed, and give them when they are back', async () => {
      const source = lab.open({ people: words.leftOut.people });
      const { users, watermark } = await settled(source);
      const id = users[30]?.id ?? assert.fail();
      await edit(id, words.leftOut.edit);
      const left = await increment(source, watermark, select);
      assert.deepEqual([[...left.given], [...left.removed]], [[], [id]]);
      await edit(id, words.leftOut.back);
      const back = await increment(source, left.watermark, select);
      assert.deepEqual([[...back.given.keys()], [...back.removed]], [[id], []]);
      const both = await increment(source, watermark, select);
      assert.ok(both.given.has(id) && !both.removed.has(id), 'over both moments they are back');
    });

    test('report who was deleted as removed, and give who was restored', unless(deviations.deletions), async () => {
      const source = lab.open();
      const { users, watermark } = await settled(source);
      const [gone, restored] = users.slice(40).map(({ id }) => id);
      assert.ok(gone !== undefined && restored !== undefined);
      const kept: unknown = await (await lab.control('GET', `/people/${lab.worldOf(restored)}`)).json();
      for (const id of [gone, restored]) await lab.control('DELETE', `/people/${lab.worldOf(id)}`);
      await lab.control('POST', '/people', kept);
      const { given, removed } = await increment(source, watermark, select);
      assert.deepEqual([[...given.keys()], [...removed]], [[restored], [gone]]);
    });

    test('lose no edit, whenever it is made: what one does not show the next one does', async () => {
      await fc.assert(
        fc.asyncProperty(plans, async ({ before: many, between }) => {
          const source = lab.open();
          const { users, watermark } = await settled(source);
          const shown = new Map(users.map((user) => [user.id, company(user)]));
          const isNow = new Map(shown);
          const change = async (id: string, to: string): Promise<void> => {
            await edit(id, { companyName: to });
            isNow.set(id, to);
          };
          const show = ({ given }: Increment): void => {
            for (const [id, user] of given) shown.set(id, company(user));
          };
          const round = randomUUID().slice(0, 8);
          for (const { id } of users.slice(0, many)) await change(id, `before ${round}`);
          const first = await increment(source, watermark, select, async (pageNo) => {
            for (const who of between[pageNo] ?? []) {
              await change(users[who % users.length]?.id ?? '', `page ${pageNo} ${round}`);
            }
          });
          show(first);
          show(await increment(source, first.watermark, select));
          assert.deepEqual(
            [...isNow].filter(([id, value]) => shown.get(id) !== value),
            [],
          );
        }),
        { numRuns: 6, seed: 11 },
      );
    });

    test('are told to begin anew where the place is not held any more', unless(deviations.expiry), async () => {
      const source = lab.open();
      const { watermark } = await settled(source);
      await lab.control('POST', '/clock/advance', { milliseconds: aMonth });
      await fails(increment(source, watermark, select), 'cursorExpired', /no longer knows this position/);
      assert.ok((await settled(source)).users.length >= people - 5, 'a new listing reads everybody');
    });

    test('do not take up a place that is none', async () => {
      await fails(increment(lab.open(), 'nonsense', select), 'cursorExpired', /another listing/);
    });
  });

  if (deviations.increments !== undefined) {
    test(`${name} leaves no place, and sends whoever comes with one to the beginning`, async () => {
      const lab = await member.start(20);
      const source = lab.open();
      assert.equal((await readAll(source, select)).watermark, null);
      const place = { at: 'watermark', watermark: 'from before' } as const;
      await fails(source.readPage(place, select, startCall().call), 'cursorExpired', /no changes between two runs/);
      await lab.close();
    });
  }
};

for (const member of members) contract(member);
