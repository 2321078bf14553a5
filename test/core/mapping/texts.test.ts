import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { compileExpression } from '../../../src/core/expression/expression.ts';
import { clean, isBlank } from '../../../src/core/mapping/clean.ts';
import { compileTransforms } from '../../../src/core/mapping/transform.ts';
import { foldKey, plainKey } from '../../../src/core/people/match.ts';
import { plainLetters } from '../../../src/core/plain-letters.ts';

describe('plain letters', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Łukasz', 'Lukasz', 'Lukasz'],
    ['Jürgen Müller', 'Jurgen Muller', 'Juergen Mueller'],
    ['ÜBER', 'UBER', 'UEBER'],
    ['Über', 'Uber', 'Ueber'],
    ['GROẞE Straße', 'GROSSE Strasse', 'GROSSE Strasse'],
    ['Øyvind Sørensen', 'Oyvind Sorensen', 'Oyvind Sorensen'],
    ['Þór Æsir ÞÓR', 'Thor Aesir THOR', 'Thor Aesir THOR'],
    ['Nguyễn Thị', 'Nguyen Thi', 'Nguyen Thi'],
    ['u\u0308ber', 'uber', 'ueber'],
    ['Đorđe Žižić', 'Dorde Zizic', 'Dorde Zizic'],
    ['İstanbul ığdır', 'Istanbul igdir', 'Istanbul igdir'],
    ['O’Neill – x', "O'Neill - x", "O'Neill - x"],
    ['ﬁn ½', 'fin ½', 'fin ½'],
    ['Ελένη Иван محمد 健太 🚀', 'Ελένη Иван محمد 健太 🚀', 'Ελένη Иван محمد 健太 🚀'],
    ['', '', ''],
  ];
  for (const [text, plain, german] of cases) {
    it(text, () => {
      assert.equal(plainLetters(text), plain);
      assert.equal(plainLetters(text, 'german'), german);
    });
  }

  it('are a transform and a function', async () => {
    assert.equal(compileTransforms(['ascii', 'lower'])('Łukasz').value, 'lukasz');
    assert.equal(compileTransforms([{ ascii: 'german' }])('Müller').value, 'Mueller');
    assert.equal(compileTransforms(['ascii'])('x').applied, true);
    const run = (text: string, a: string | string[]) => compileExpression(text).evaluate({ a });
    assert.equal(await run('$lowercase($ascii(a))', 'Łukasz'), 'lukasz');
    assert.equal(await run("$ascii(a, 'german')", 'Müller'), 'Mueller');
    assert.deepEqual(await run('$ascii(a)', ['é', 'ø']), ['e', 'o']);
    assert.equal(await run('$ascii(b)', 'x'), undefined);
    await assert.rejects(run("$ascii(a, 'french')", 'x'));
  });
});

describe('characters without width', () => {
  it('are no text by themselves, and go where they say nothing', () => {
    for (const text of ['\u200B', '\uFEFF \u200B', '\u2060', '\u200D', '\u00AD', '\u200E\u200F', ' \t\n', '']) {
      assert.equal(isBlank(text), true, JSON.stringify(text));
    }
    for (const text of ['a', '\u200Ba', '0', '👩‍💻', 'می‌خواهم']) assert.equal(isBlank(text), false, text);
    assert.equal(clean('\uFEFFSales\u200B EMEA\u2060'), 'Sales EMEA');
    for (const text of ['👩‍💻', 'می‌خواهم']) assert.equal(clean(text), text, 'joiners belong to it');
  });

  it('are looked for wherever they may be: what is taken for plain text has none', async () => {
    const odd = [
      '\u200B',
      '\uFEFF',
      '\u00AD',
      '\r',
      '\n',
      '\t',
      '\u0007',
      '\u007F',
      '\uD800',
      ' ',
      'é',
      'e\u0301',
      '\u200F',
    ];
    const unit = fc.oneof(
      fc.constantFrom(...odd),
      fc.string({ minLength: 1, maxLength: 1 }),
      fc.constantFrom('A', '~', '!'),
    );
    const isText = (char: string): boolean =>
      (char === '\n' || char === '\t' || char >= ' ') && !'\u200B\u2060\uFEFF\u007F\uFFFE\uFFFF'.includes(char);
    await fc.assert(
      fc.property(fc.array(unit, { maxLength: 6 }), (units) => {
        const text = units.join('');
        const seen = [...text.toWellFormed().replaceAll(/\r\n?/g, '\n')].filter(isText).join('');
        assert.equal(clean(text), seen);
        assert.equal(isBlank(text), text.replaceAll(/[\s\u00AD\u200B\u200F\uFEFF]/g, '') === '');
        const key = text
          .normalize('NFC')
          .replaceAll(/\p{Cf}/gu, '')
          .trim();
        assert.equal(plainKey(text), key);
        assert.equal(foldKey(text), key.toLowerCase().normalize('NFC'));
      }),
      { numRuns: 5_000 },
    );
  });
});
