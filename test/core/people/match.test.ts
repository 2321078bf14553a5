import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contestEnd, foldKey, type MatchFacts, matchEnd } from '../../../src/core/people/match.ts';

const account = fc.constantFrom('k1', 'k2', 'k3');
const facts: fc.Arbitrary<MatchFacts> = fc.record({
  byHand: fc.option(account),
  remembered: fc.option(fc.record({ account, gone: fc.boolean() })),
  hits: fc.array(account, { maxLength: 4 }),
  hasKey: fc.boolean(),
});

/** The rule in the plainest words: the first of these that applies. */
const plain = ({ byHand, remembered, hits, hasKey }: MatchFacts): string => {
  const found = [...new Set(hits)];
  if (byHand !== null) return `${byHand} by hand`;
  if (remembered !== null && !remembered.gone) return `${remembered.account} remembered`;
  if (remembered !== null && found.length === 0) return `${remembered.account} remembered`;
  if (found.length === 1) return `${found[0]} matched`;
  if (found.length > 1) return 'several';
  return hasKey ? 'none' : 'no key';
};

const words = (given: MatchFacts): string => {
  const end = matchEnd(given);
  if (end.account !== null) {
    return `${end.account} ${{ byHand: 'by hand', remembered: 'remembered', match: 'matched' }[end.by]}`;
  }
  return { severalAccounts: 'several', noAccount: 'none', noMatchKey: 'no key' }[end.reason as 'noAccount'];
};

describe('the rule by which an account is found', () => {
  it('is by hand, else remembered, else the first step with a hit', () => {
    fc.assert(fc.property(facts, (given) => assert.equal(words(given), plain(given))));
  });

  it('names who else has a claim; nobody contests what was linked by hand', () => {
    assert.equal(contestEnd('byHand', ['id-2']), null);
    assert.equal(contestEnd('match', []), null);
    assert.deepEqual(contestEnd('remembered', ['id-3', 'id-2']), {
      outcome: 'ambiguous',
      reason: 'accountClaimedTwice',
      facts: { people: ['id-2', 'id-3'] },
    });
  });
});

describe('a key', () => {
  it('is the same however its letters are put together, written large or small, or padded with what cannot be seen', () => {
    const same: readonly (readonly [string, string])[] = [
      ['mu\u0308ller', 'M\u00fcller'],
      [' ada\u200b ', 'ADA'],
      ['\ufeffada', 'ada'],
      ['a\u00adda', 'ada'],
      ['\u0130da', 'i\u0307da'],
    ];
    for (const [one, other] of same) assert.equal(foldKey(one), foldKey(other), JSON.stringify(one));
    assert.equal(foldKey('\u200b\u2060'), '', 'what cannot be seen is no key');
    assert.notEqual(foldKey('muller'), foldKey('m\u00fcller'));
  });

  it('folds to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(foldKey(foldKey(text)), foldKey(text))),
    );
  });
});
