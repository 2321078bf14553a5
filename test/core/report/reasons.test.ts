import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { outcomes } from '../../../src/core/report/outcome.ts';
import { type ReasonCode, reasons, remedyOf, sentenceOf } from '../../../src/core/report/reasons.ts';

const codes = Object.keys(reasons) as ReasonCode[];

describe('the reasons people end for', () => {
  it('are listed in the docs, each with its sentence and its remedy', async () => {
    const page = await readFile(new URL('../../../docs/reasons.md', import.meta.url), 'utf8');
    const rows = codes.map((code) => {
      const { ends } = reasons[code];
      return `| \`${code}\` | ${ends.join(', ')} | ${sentenceOf(code)} | ${remedyOf(code) ?? ''} |`;
    });
    assert.deepEqual(
      page.split('\n').filter((line) => line.startsWith('| `')),
      rows,
    );
  });

  it('say something whole with and without facts, and belong to an outcome', () => {
    const facts = {
      attributes: ['field:phone', 'userProperty:Company'],
      connector: 'acme',
      scope: 'jira',
      status: 'cancelled',
      people: ['id-1', 'id-2'],
      said: 'The form of this user refuses the value',
    };
    for (const code of codes) {
      for (const sentence of [sentenceOf(code), sentenceOf(code, facts)]) {
        assert.match(sentence, /^[A-Z][^\n]*[.!?]$/, code);
        assert.doesNotMatch(sentence, /undefined|\.\.|: \.| {2}/, code);
      }
      assert.ok(reasons[code].ends.every((outcome) => outcomes.includes(outcome)));
    }
    assert.ok(outcomes.every((outcome) => codes.some((code) => reasons[code].ends.some((one) => one === outcome))));
  });

  it('name what they are about', () => {
    assert.match(sentenceOf('accountClaimedTwice', { people: ['id-7'] }), /id-7/);
    assert.match(sentenceOf('ownedBy', { connector: 'acme-us' }), /acme-us/);
    assert.match(sentenceOf('targetMoved', { attributes: ['field:phone'] }), /field:phone/);
  });

  it('of another release speak for themselves', () => {
    assert.equal(sentenceOf('madeLater', { said: 'x' }), 'madeLater');
    assert.equal(remedyOf('madeLater'), null);
  });
});
