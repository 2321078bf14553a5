import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { PageEnd, ReadPlace, SourcePage } from '../../src/sources/source.ts';
import { readAll, startCall } from '../sources/fixtures.ts';
import type { SourceLab, SourceMember } from './source-lab.ts';
import { members } from './source-members.ts';

/** One edit of the directory between two pages; `who` picks among those who are left. */
const edit = fc.record({ kind: fc.constantFrom('move', 'move', 'move', 'remove', 'add'), who: fc.nat() });
const edits = fc.array(fc.array(edit, { maxLength: 12 }), { maxLength: 10 });
type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;

/** Whether a page is one of the listing: a naive reader stops where the listing ends, and looks at nothing else. */
const isListing = (end: PageEnd): boolean => end.more && !end.cursor.includes('"changes"');

const readWhile = async (lab: SourceLab, member: SourceMember, plan: Edits, naive: boolean) => {
  const source = lab.open();
  const select = [member.words.company, member.words.managerName];
  const ids = (await readAll(source, ['id'])).users.map(({ id }) => id);
  const left = [...new Set(ids)];
  const stayed = new Set(left);
  const found = new Set<string>();
  let place: ReadPlace = { at: 'start' };
  for (let pageNo = 0; ; pageNo += 1) {
    const page: SourcePage = await source.readPage(place, select, startCall().call);
    for (const { id } of page.users) found.add(id);
    if (!page.end.more || (naive && !isListing(page.end))) break;
    for (const { kind, who } of plan[pageNo] ?? []) {
      const id = left[who % left.length] ?? '';
      const path = `/people/${lab.worldOf(id)}`;
      if (kind === 'move') await lab.control('PATCH', path, { companyName: `Moved ${who}` });
      else if (kind === 'remove' && left.length > 300) {
        await lab.control('DELETE', path);
        left.splice(left.indexOf(id), 1);
        stayed.delete(id);
      } else {
        const world = randomUUID();
        const person = {
          id: world,
          userPrincipalName: `new.${world}@acme.example`,
          displayName: 'New',
          otherMails: [],
        };
        await lab.control('POST', '/people', person);
      }
    }
    place = { at: 'cursor', cursor: page.end.cursor };
  }
  return { missed: [...stayed].filter((id) => !found.has(id)) };
};

for (const member of members) {
  describe(`a directory edited while ${member.name} lists it`, () => {
    let lab: SourceLab;
    before(async () => {
      lab = await member.start(700);
    });
    after(() => lab.close());
    const nobodyMissed = (naive: boolean) =>
      fc.asyncProperty(edits, async (plan) => {
        assert.deepEqual((await readWhile(lab, member, plan, naive)).missed, []);
      });

    test('nobody who is there throughout is missed by a complete read', () =>
      fc.assert(nobodyMissed(false), { numRuns: 12, seed: 7 }));

    // Google lists by mail, which these edits do not change: nobody moves there.
    test('the same edits hide somebody from a reader that trusts the listing alone', {
      ...(member.name === 'google' ? { skip: 'nobody moves in a listing by mail' } : {}),
    }, async () => {
      const result = await fc.check(nobodyMissed(true), { numRuns: 12, seed: 7, endOnFailure: true });
      assert.equal(result.failed, true);
    });
  });
}
