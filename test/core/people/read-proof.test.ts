import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type PageLink, proofOf } from '../../../src/core/people/read-proof.ts';

/** A listing of so many pages, from this place on, with so many pages of people asked for by id behind its end. */
const listing = (pages: number, from: string | null, byIds = 0): PageLink[] => [
  ...Array.from({ length: pages }, (_, at) => ({
    place: at === 0 ? from : `place ${at}`,
    next: at === pages - 1 ? null : `place ${at + 1}`,
  })),
  ...Array.from({ length: byIds }, () => ({ place: null, next: null })),
];

const sizes = fc.record({ pages: fc.integer({ min: 1, max: 6 }), byIds: fc.integer({ min: 0, max: 2 }) });

describe('what a read proves', () => {
  it('an unbroken chain to the end proves everybody, or the changes since a place', () =>
    fc.assert(
      fc.property(sizes, ({ pages, byIds }) => {
        assert.equal(proofOf(listing(pages, null, byIds)), 'everybody');
        assert.equal(proofOf(listing(pages, 'watermark', byIds)), 'changes');
      }),
    ));

  it('proves nothing without its end, without one of its pages, or where two pages were read at one place', () =>
    fc.assert(
      fc.property(sizes, fc.nat(), ({ pages, byIds }, at) => {
        const whole = listing(pages + 1, null, byIds);
        const which = at % pages;
        assert.equal(proofOf(whole.slice(0, pages)), 'none', 'the last page is missing');
        assert.equal(proofOf(whole.toSpliced(which, 1)), which === 0 ? 'changes' : 'none', 'one of the others');
        assert.equal(proofOf(whole.toSpliced(which, 0, ...whole.slice(which, which + 1))), 'none');
        assert.equal(
          proofOf(whole.toSpliced(which, 1, { place: whole[which]?.place ?? null, next: 'elsewhere' })),
          'none',
        );
      }),
    ));

  it('proves nothing where nothing was read', () => assert.equal(proofOf([]), 'none'));
});
