import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { compileExpression } from '../../../src/core/expression/expression.ts';
import { flawsOf } from '../../../src/core/expression/flaws.ts';
import { present, TooLarge } from '../../../src/core/expression/present.ts';
import { textsOf } from '../../../src/core/expression/texts.ts';
import type { Json } from '../../../src/core/values.ts';

const run = (text: string, person: Json) => compileExpression(text).evaluate(present(person));

describe('an expression over hostile data', () => {
  it('a regex that backtracks without bound elsewhere is linear here', async () => {
    const started = performance.now();
    const hostile = `${'a'.repeat(50_000)}!`;
    assert.equal(await run('$contains(a, /^(a+)+$/)', { a: hostile }), false);
    assert.equal(await run("$replace(a, /(a|aa)+$/, 'b')", { a: hostile }), hostile);
    assert.ok(performance.now() - started < 5_000);
  });

  it('a recursion without end and a list without end are stopped', async () => {
    await assert.rejects(run('($f := function($x) { 1 + $f($x) }; $f(a))', { a: 1 }));
    await assert.rejects(run('[1..100000000]', {}));
    await assert.rejects(run('($f := function($x) { $f($x) }; $f(a))', { a: 1 }));
  });

  it('no name of JavaScript can be read or changed', async () => {
    const person = JSON.parse('{"__proto__": {"polluted": "yes"}, "a": "x"}');
    for (const text of ['constructor', 'a.constructor', '__proto__.polluted', 'toString', '`constructor`.name']) {
      assert.deepEqual(textsOf(await run(text, { a: 'x' })), [], text);
    }
    await run('__proto__.polluted', person);
    assert.equal('polluted' in {}, false);
  });

  it('what is nested too deep, too long or too wide is refused, with the bound and without the value', () => {
    let deep: Json = 'x';
    for (let depth = 0; depth < 5_000; depth += 1) deep = [deep];
    const refused = (value: Json, words: RegExp) =>
      assert.throws(
        () => present({ a: value }),
        (error) => error instanceof TooLarge && words.test(error.message),
      );
    refused(deep, /more than 32 levels/);
    refused('secret'.repeat(200_000), /exceed 200000 characters$/);
    refused(
      Array.from({ length: 10_001 }, () => 1),
      /more than 10000 items/,
    );
    refused(
      Array.from({ length: 300 }, () => 'x'.repeat(1_000)),
      /exceed/,
    );
  });

  it('a width or a replacement out of the directory cannot fill the memory', async () => {
    await assert.rejects(run('$pad(a, b)', { a: 'x', b: 2_000_000_000 }));
    await assert.rejects(run('$pad(a, -b)', { a: ['x'], b: 2_000_000_000 }));
    assert.equal(await run("$pad(a, -4, '0')", { a: '7' }), '0007');
    const grown = await run('$replace(a, /x/, a)', { a: 'x'.repeat(20_000) });
    assert.throws(() => textsOf(grown), TooLarge);
  });
});

describe('a function of one text over a list', () => {
  it('gives for each text what it gives for that text alone', async () => {
    const calls = [
      "$replace(a, /[aeiou]+/, '-')",
      '$split(a, /[ ,]+/)',
      '$match(a, /[0-9]/).match',
      "$substringBefore(a, ' ')",
      "$pad($trim(a), 12, '.')",
    ];
    const texts = ['one two 1, three 23', 'aeiou io 4', 'xyz', '  5 6 7  '];
    for (const call of calls) {
      const alone = [];
      for (const a of texts) alone.push(...textsOf(await run(call, { a })));
      assert.deepEqual(textsOf(await run(call, { a: texts })), alone, call);
    }
    assert.equal(await run('$contains(a, /^x/)', { a: texts }), true);
    assert.equal(await run('$contains(a, /^q/)', { a: texts }), false);
    await assert.rejects(run('$uppercase(a)', { a: ['x', 7] }));
  });
});

describe('one expression for several people at once', () => {
  it('never mixes them up', async () => {
    const expression = compileExpression('$join($map(list, function($x) { $$.name & $x }), " ")');
    const answers = await Promise.all(
      ['ada', 'eve', 'bob'].map((name) => expression.evaluate(present({ name, list: ['1', '2', '3', '4'] }))),
    );
    assert.deepEqual(answers, ['ada1 ada2 ada3 ada4', 'eve1 eve2 eve3 eve4', 'bob1 bob2 bob3 bob4']);
  });
});

describe('a plain path', () => {
  it('gives the texts JSONata itself gives', async () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      object: fc.record({ a: tie('value'), b: tie('value'), c: tie('value') }, { requiredKeys: [] }),
    }));
    const textsOrNot = (result: unknown) => {
      try {
        return textsOf(result);
      } catch {
        return 'an object';
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('a', 'a.b', 'a.b.c', 'b.a'), value, value, async (text, a, b) => {
        const person = present(JSON.parse(JSON.stringify({ a, b })));
        assert.deepEqual(
          textsOrNot(await compileExpression(text).evaluate(person)),
          textsOrNot(await jsonata(text).evaluate(person)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('flaws of expressions', () => {
  const cases: [string, string[]][] = [
    ['companyName', []],
    ["$not(employeeType = 'Service')", []],
    ["userType != 'Guest'", ['error']],
    ['city & country', ['warning']],
    ['company-name', ['warning']],
    ['manager.phones[0]', ['warning']],
    ['(manager.phones)[0]', []],
    ['*', ['error']],
    ['**', ['error']],
    ['$$.a', ['error']],
    ['$lookup($, a)', ['error']],
    ['$eval(a)', ['error']],
    ['$now()', ['error']],
    ['$contains(a, /(?=x)/)', ['error']],
    ['a[', ['error']],
  ];
  for (const [text, expected] of cases) {
    it(text, () =>
      assert.deepEqual(
        flawsOf(text).map(({ severity }) => severity),
        expected,
      ),
    );
  }

  it('a broken one is told in whole sentences, whatever its parser says', () => {
    for (const text of ['', '$uppercase(title', 'a b', '(']) {
      const [flaw] = flawsOf(text);
      assert.match(flaw?.message ?? '', /^This is not an expression(: \S.*[^.])?\.$/, text);
    }
  });

  it('a hidden read is accepted where the row says what it uses', () => assert.deepEqual(flawsOf('*', ['a']), []));
});
