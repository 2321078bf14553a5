import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { isFailure } from '../../src/core/failure.ts';
import type { Change, ChangeResult, Written } from '../../src/core/profile.ts';
import { collected } from '../targets/fixtures/collected.ts';
import { endedBy, statuses } from '../targets/fixtures/written.ts';
import { countedCall, type Seed, type TargetLab, type TargetMember } from './target-lab.ts';

const hostile = [`O'Neil & "Söhne" <b>`, '&amp;lt;', 'שלום עולם', '😀 emoji', '100% +plus=;,', 'back\\slash', '日本語'];

const applied = ({ attribute }: Change): ChangeResult => ({ attribute, status: 'applied' });

const seeds = (member: TargetMember): readonly Seed[] =>
  hostile.map((fullName, index) => ({
    username: `user${index}`,
    fullName,
    email: `u${index}+${index}&x@example.com`,
    held: { [member.attribute(0).name]: `kept ${index}`, [member.attribute(1).name]: `other ${index}` },
  }));

/** What every target keeps to, whatever the product and the store. */
export const targetContract = (member: TargetMember): void => {
  describe(`the contract of a target: ${member.name}`, () => {
    const people = seeds(member);
    let lab: TargetLab;
    before(async () => {
      lab = await member.open(people);
    });
    after(() => lab.close());
    const first = member.attribute(0);
    const second = member.attribute(1);
    const third = member.attribute(2);
    const set = (id: Change['attribute'], from: string | null, to: string | null): Change => ({
      attribute: id,
      before: from,
      after: to,
    });

    test('proves that it can be reached and used', () => lab.target.check(countedCall().call));

    test('lists everybody, page after page, each with the key it is found by', async () => {
      const keys = new Map<string, string>();
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<TargetLab['target']['accountsPage']>> = await lab.target.accountsPage(
          cursor,
          countedCall().call,
        );
        for (const account of page.accounts) keys.set(account.username, account.key);
        cursor = page.next;
      } while (cursor !== null);
      for (const { username } of people) assert.equal(keys.get(username), lab.account(username).key, username);
    });

    test('finds an account by its exact username, whatever the case, and nobody by a part', async () => {
      const find = (value: string) => lab.target.findAccounts({ by: 'username', value }, countedCall().call);
      assert.deepEqual(
        (await find('USER3')).map(({ key }) => key),
        [lab.account('user3').key],
      );
      assert.deepEqual(await find('user'), []);
    });

    test('reads what is there, and only what was asked for', async () => {
      const profile = await lab.target.readProfile(lab.account('user1'), [first.id, third.id], countedCall().call);
      assert.deepEqual([...profile], [[first.id, 'kept 1']]);
    });

    test('sets, replaces and clears; whoever is not written stays, byte for byte', async () => {
      const earlier = people.map(({ username }) => lab.holds(username));
      const changes = [set(first.id, 'kept 2', 'new'), set(second.id, 'other 2', null), set(third.id, null, 'added')];
      const results = await lab.target.applyChanges(lab.account('user2'), changes, countedCall().call);
      assert.deepEqual(results, { results: changes.map(applied), ended: null });
      assert.deepEqual(lab.holds('user2').held, { [first.name]: 'new', [third.name]: 'added' });
      assert.equal(lab.holds('user2').fullName, earlier[2]?.fullName);
      assert.equal(lab.holds('user2').email, earlier[2]?.email);
      const others = people.filter(({ username }) => username !== 'user2');
      for (const { username, held } of others) assert.deepEqual(lab.holds(username).held, held);
    });

    test('a repeat is told apart from a change; a value edited by hand is left alone', async () => {
      await lab.edit('user4', first.name, 'by hand');
      const changes = [set(first.id, 'kept 4', 'x'), set(second.id, 'before', 'other 4')];
      const results = await lab.target.applyChanges(lab.account('user4'), changes, countedCall().call);
      assert.deepEqual(statuses(results), ['moved', 'already']);
      assert.equal(lab.holds('user4').held[first.name], 'by hand');
    });

    test('goes on in the middle of work when every session ends', async () => {
      for (let round = 0; round < 3; round += 1) {
        lab.expireSessions();
        const work = people.map(({ username }) =>
          lab.target.readProfile(lab.account(username), [third.id], countedCall().call),
        );
        assert.equal((await Promise.all(work)).length, people.length);
      }
    });

    test('counts each request it sends, once', async () => {
      const earlier = lab.requests();
      const { call, sent } = countedCall();
      lab.expireSessions();
      await Promise.all(
        people.map(({ username }) => lab.target.applyChanges(lab.account(username), [set(third.id, 'z', 'y')], call)),
      );
      assert.equal(sent(), lab.requests() - earlier);
    });

    test('an account that is gone is not found', async () => {
      const gone = { key: 'no-such-key', username: 'nobody', email: null, active: true };
      await assert.rejects(lab.target.readProfile(gone, [first.id], countedCall().call), { kind: 'notFound' });
      const written = await lab.target.applyChanges(gone, [set(first.id, null, 'x')], countedCall().call);
      assert.equal(endedBy(written), 'notFound');
      assert.deepEqual(statuses(written), ['unsent']);
    });

    test('a username passed on to somebody else takes nothing along: reads and writes stay with the account', async () => {
      const account = lab.account('user0');
      await lab.passOn('user0', 'user0.former', { [first.name]: 'of the new one' });
      const profile = await lab.target.readProfile(account, [first.id], countedCall().call);
      assert.deepEqual([...profile], [[first.id, 'kept 0']]);
      const results = await lab.target.applyChanges(account, [set(third.id, null, 'mine')], countedCall().call);
      assert.deepEqual(results, { results: [{ attribute: third.id, status: 'applied' }], ended: null });
      assert.equal(lab.holds('user0.former').held[third.name], 'mine');
      assert.deepEqual(lab.holds('user0').held, { [first.name]: 'of the new one' });
    });

    test('several accounts at once are what each is alone, and one that fails leaves the others alone', async () => {
      const { together } = lab.target;
      if (together === null) return;
      const gone = { key: 'no-such-key', username: 'nobody', email: null, active: true };
      const asked = [lab.account('user1'), gone, lab.account('user6'), { ...gone, username: 'svc-attune' }];
      const earlier = lab.requests();
      const wanted = asked.map((account) => ({ account, attributes: [first.id, second.id] }));
      const read = await together.readProfiles(wanted, countedCall().call);
      assert.equal(lab.requests() - earlier, 1);
      assert.deepEqual(
        [...(read[0] instanceof Map ? read[0] : [])],
        [
          [first.id, 'kept 1'],
          [second.id, 'other 1'],
        ],
      );
      assert.ok(isFailure(read[1]) && read[1].kind === 'notFound');
      assert.deepEqual(
        read[2],
        await lab.target.readProfile(lab.account('user6'), [first.id, second.id], countedCall().call),
      );
      const work = asked.map((account) => ({ account, changes: [set(third.id, null, `for ${account.username}`)] }));
      const results = await together.applyChanges(work, countedCall().call);
      const written: Written = { results: [{ attribute: third.id, status: 'applied' }], ended: null };
      assert.deepEqual(results[0], written);
      assert.equal(endedBy(results[1] ?? written), 'notFound');
      assert.deepEqual(results[2], written);
      assert.match(JSON.stringify(results[3]), /never written/);
      for (const username of ['user1', 'user6']) assert.equal(lab.holds(username).held[third.name], `for ${username}`);
      await together.applyChanges(
        [lab.account('user1'), lab.account('user6')].map((account) => ({
          account,
          changes: [set(third.id, `for ${account.username}`, null)],
        })),
        countedCall().call,
      );
    });

    test('an account that is inactive by now is skipped, where the store can tell', async () => {
      const account = lab.account('user5');
      await lab.deactivate('user5', true);
      const work = () => lab.target.applyChanges(account, [set(third.id, null, 'x')], countedCall().call);
      if (member.seesInactive) {
        const { ended } = await work();
        assert.ok(isFailure(ended) && ended.facts.skips === 'inactive');
        assert.ok((await lab.target.readProfile(account, [first.id], countedCall().call)).has(first.id));
        assert.equal(lab.holds('user5').held[third.name], undefined);
      }
      await lab.deactivate('user5', false);
      assert.match(statuses(await work())[0] ?? '', /^(applied|already)$/);
    });

    test('protected accounts are never written', async () => {
      const own = { ...lab.account('user5'), username: 'svc-attune' };
      assert.equal(lab.target.protects(own), true);
      const results = await lab.target.applyChanges(own, [set(first.id, null, 'x')], countedCall().call);
      assert.deepEqual(statuses(results), ['rejected']);
    });

    test('looks at everything a run needs, and leaves the account of the write test as it was', async () => {
      const earlier = lab.holds('user3');
      const trial = { username: 'user3', attributes: [first.id, third.id] };
      const lines = await collected(lab.target.examine(trial, countedCall().call));
      assert.deepEqual(
        lines.filter(({ ok }) => !ok),
        [],
      );
      assert.ok(lines.length >= 6);
      assert.deepEqual(lab.holds('user3'), earlier);
      assert.equal(/user3|kept|svc-attune/.test(JSON.stringify(lines)), false);
    });

    test('a write test on nobody says so', async () => {
      const trial = { username: 'nobody', attributes: [first.id] };
      const lines = await collected(lab.target.examine(trial, countedCall().call));
      assert.equal(lines.at(-1)?.ok, false);
    });

    test('any set of changes gives the profile wanted, and leaves what is not mapped as it was', async () => {
      const account = lab.account('user1');
      const value = fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
        .map((text) => `${text}<&"'é😀שלום`)
        .filter(member.keeps);
      const wanted = fc.tuple(fc.option(value, { nil: null }), fc.option(value, { nil: null }));
      const ids = [first.id, third.id];
      await fc.assert(
        fc.asyncProperty(wanted, async (profile) => {
          const held = await lab.target.readProfile(account, ids, countedCall().call);
          const changes = ids.flatMap((id, index): Change[] => {
            const [before, after] = [held.get(id) ?? null, profile[index] ?? null];
            return before === after ? [] : [set(id, before, after)];
          });
          const results = await lab.target.applyChanges(account, changes, countedCall().call);
          assert.deepEqual(results, { results: changes.map(applied), ended: null });
          const now = await lab.target.readProfile(account, ids, countedCall().call);
          assert.deepEqual(
            ids.map((id) => now.get(id) ?? null),
            profile,
          );
          assert.equal(lab.holds('user1').held[second.name], 'other 1');
          assert.equal(lab.holds('user1').fullName, people[1]?.fullName);
        }),
        { numRuns: 40 },
      );
    });

    test('any value it can keep comes back as it was written', async () => {
      const letters = fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        fc.constantFrom('<script>', '&amp;', '\'"', '\n', '\t', '\u202eright-to-left', '𝒳', '%00', 'é'),
      );
      const value = fc
        .array(letters, { minLength: 1, maxLength: 4 })
        .map((parts) => parts.join(''))
        .filter(member.keeps);
      let now: string | null = null;
      await fc.assert(
        fc.asyncProperty(value, async (wanted) => {
          const account = lab.account('user6');
          const results = await lab.target.applyChanges(account, [set(third.id, now, wanted)], countedCall().call);
          assert.match(statuses(results)[0] ?? '', /^(applied|already)$/);
          now = wanted;
          const read = await lab.target.readProfile(account, [third.id], countedCall().call);
          assert.equal(read.get(third.id), wanted);
          assert.equal(lab.holds('user6').held[third.name], wanted);
          assert.equal(lab.holds('user6').held[second.name], 'other 6');
        }),
        { numRuns: 60 },
      );
    });
  });
};
