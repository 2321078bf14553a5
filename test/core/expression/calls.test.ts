import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jsonata from 'jsonata';
import { flawsOf, type Role } from '../../../src/core/expression/flaws.ts';
import { knownFunctions } from '../../../src/core/expression/known-functions.ts';
import { pathsOf } from '../../../src/core/expression/paths.ts';
import { isSyntax } from '../../../src/core/expression/syntax.ts';

const only = (text: string, role?: Role) => {
  const [flaw, ...more] = flawsOf(text, [], role);
  assert.ok(flaw !== undefined && more.length === 0, `${text}: ${JSON.stringify([flaw, ...more])}`);
  return flaw;
};

describe('functions of expressions', () => {
  it('are those JSONata has, with their signatures', async () => {
    for (const [name, { types, least }] of knownFunctions) {
      if (name === 'is' || name === 'ascii') continue;
      const found: unknown = await jsonata(`$${name}`).evaluate({});
      assert.ok(isSyntax(found) && isSyntax(found.signature), name);
      const definition = String(found.signature.definition)
        .replace(/^<|:[^:]*$|>$/g, '')
        .replaceAll(/(?<=[a-z])<[^>]*>/g, '');
      const parts = [...definition.matchAll(/(\([a-z]+\)|[a-z])([-?+]?)/g)];
      assert.deepEqual(
        types,
        parts.map(([, type = '']) => type.replaceAll(/[()]/g, '')),
        name,
      );
      assert.equal(least, parts.filter(([, , mark]) => mark !== '?').length, name);
    }
  });

  it('and no other name is answered to', async () => {
    for (const name of ['toLower', 'env', 'concat', 'formatDate', 'indexOf', 'substr', 'fetch']) {
      assert.equal(await jsonata(`$${name}`).evaluate({}), undefined, name);
      assert.equal(knownFunctions.has(name), false, name);
    }
  });

  const errors: readonly (readonly [string, RegExp])[] = [
    ['$toLower(mail)', /Did you mean \$lowercase\?/],
    ['$lowecase(department)', /Did you mean \$lowercase\?/],
    ['$Lowercase(mail)', /Did you mean \$lowercase\?/],
    ['ToLower([mail])', /There is no function ToLower\. Did you mean \$lowercase\?/],
    ['lowercase(mail)', /Did you mean \$lowercase\?/],
    ['mail.toLowerCase()', /Did you mean \$lowercase\?/],
    ['String.toLowerCase(email)', /no function toLowerCase\. Did you mean \$lowercase\?/],
    ['Coalesce(mail, otherMails)', /firstOf: \[a, b\]/],
    ['$if(mail, 1, 2)', /\? 'External' : 'Internal'/],
    ["IIF(mail = 'a', 'b', 'c')", /\? 'External' : 'Internal'/],
    ['Switch(mail, 1)', /one row with `when`/],
    ["$startsWith(mail, 'svc')", /\$contains\(mail, \/\^svc-\/\)/],
    ["$env('HOME')", /There is no function \$env\./],
    ['$substring(mail)', /\$substring takes 2 to 3 values, not 1\. Write \$substring\(mail, 0, 3\)/],
    ['$lowercase()', /takes 1 value, not 0/],
    ['$lowercase(mail, 1)', /takes 1 value, not 2/],
    ['$contains(mail)', /takes 2 values, not 1/],
    ["$substring(mail, '1')", /does not take a text as value 2/],
    ["mail.$substring('1')", /does not take a text/],
    ['$split(mail, 1)', /does not take a number as value 2/],
    ['mail ~> $substring()', /takes 2 to 3 values, not 1/],
    ['$join(otherMails, 1)', /does not take a number as value 2/],
    ['$mail', /\$mail is never given a value\. An attribute is written without the \$ sign: mail\./],
    ['$map(otherMails, function($v) { $w })', /\$w is never given a value/],
    ['($a := mail; ($b := $a; $b); $b)', /\$b is never given a value/],
    ["mail + 'x'", /\+ only adds numbers\. Write &/],
    ['mail = null', /never equal to null.*\$not\(\$exists\(mail\)\)/],
    ["'' = mail", /never equal to an empty text.*\$not\(\$exists\(mail\)\)/],
  ];
  for (const [text, said] of errors) {
    it(`refuses ${text}`, () => {
      const { severity, message, remedy } = only(text);
      assert.equal(severity, 'error');
      assert.match(`${message} ${remedy}`, said);
    });
  }

  const foreign: readonly (readonly [string, RegExp])[] = [
    ['{{mail}}', /Write the path alone: mail\./],
    ['{{ user.mail }}', /Write the path alone: user\.mail\./],
    [`$${'{mail}'}`, /Write the path alone: mail\./],
    ['%%mail%%', /Write the path alone: mail\./],
    ['%mail%', /Write the path alone: mail\./],
    ['@{mail}', /Write the path alone: mail\./],
    ["userType == 'Guest'", /Equality is a single =/],
    ["userType === 'Guest'", /Equality is a single =/],
    ["userType <> 'Guest'", /\$not\(userType = 'Guest'\)/],
    ['a && b', /`and` instead of &&/],
    ['a || b', /`or` instead of \|\|/],
    ['!a', /\$not/],
    ['mail is null', /\$exists/],
    ["mail like 'svc%'", /\$contains/],
    ["mail contains 'svc'", /\$contains/],
    ['mail =~ /svc/', /\$contains/],
    ["mail = 'a' AND city = 'b'", /Write `and` in small letters/],
    ["city IN ['a']", /Write `in` in small letters/],
    ['=mail', /Write the path alone: mail\./],
    ['@user.mail', /Write the path alone: user\.mail\./],
    ['employeeId = 0012', /in quotes: '0012'/],
    ["if userType = 'Guest' then 'x'", /\?/],
    ["userType eq 'Guest'", /userType = 'Guest'/],
    ['mail;', /semicolon/],
    ['userType = \u2018Guest\u2019', /straight quotation marks/],
  ];
  for (const [text, said] of foreign) {
    it(`has a hint for ${text}`, () => {
      const { severity, remedy } = only(text);
      assert.equal(severity, 'error');
      assert.match(remedy, said);
    });
  }

  for (const text of [
    "$substringBefore(userPrincipalName, '@')",
    'mail.$substring(0, 3)',
    'mail ~> $lowercase',
    'mail ~> $substring(0, 3)',
    'otherMails[$contains(/acme/)]',
    '$map(otherMails, $lowercase)',
    '$map(otherMails, function($one, $i) { $one & $string($i) })',
    '($f := function($n) { $n < 1 ? 0 : $f($n - 1) }; $f(3) = 0 ? mail : otherMails)',
    '($a := mail; $b := $lowercase($a); $b)',
    'phones@$p.value[$p.type = "work"]',
    'phones#$i.value',
    '($short := $substring(?, 0, 3); $short(mail))',
    'mail ?? otherMails',
    "a = 'x&&y' or b = '{{c}}' ? mail : otherMails",
    '$zip(a, b, c)',
    "$replace(mail, /[^0-9+]/, '')",
    '$match(mail, /[0-9]+/).match',
    "$pad(employeeId, -6, '0')",
    '$is(department, manager.department) ? department : otherMails',
    "phones[type='work'].value.$trim()",
    '$sort(otherMails, function($l, $r) { $l > $r })',
    '[mail, otherMails]',
    '$append([mail], otherMails)',
  ]) {
    it(`has nothing to say of ${text}`, () => assert.deepEqual(flawsOf(text, [], 'value'), []));
  }

  it('a list of one, as others write an attribute, is a doubt', () => {
    assert.match(only('[mail]', 'value').remedy, /Write mail without brackets/);
    assert.equal(
      flawsOf("[givenName] & ' ' & [surname]").filter(({ message }) => /a list with one item/.test(message)).length,
      1,
    );
  });
});

describe('what an expression reads', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['mail.$substring(0, 3)', ['mail']],
    ['manager.mail.$lowercase()', ['manager.mail']],
    ['otherMails.($uppercase($))', ['otherMails']],
    ["mail.$contains('x')", ['mail']],
    ['phones.(type & value)', ['phones.type', 'phones.value']],
    ['phones.$.value', ['phones']],
    ["$split(mail, '@')", ['mail']],
    ['mail ~> $substring(0, 3)', ['mail']],
  ];
  for (const [text, paths] of cases) it(text, () => assert.deepEqual(pathsOf(text), paths));
});

describe('what is the same for everybody', () => {
  const cases: readonly (readonly [string, Role, RegExp | null])[] = [
    [
      "'mail'",
      'value',
      /reads no attribute\. Write from: \{ constant: … \}\. To use the attribute of that name, remove the quotes: mail\./,
    ],
    ["'a b'", 'value', /constant: … \}\.$/],
    ["'none'", 'part', null],
    ['1 + 1', 'value', /reads no attribute/],
    ["'ada'", 'key', /matches everybody by the same value/],
    ['true', 'condition', /true for everybody/],
    ["'Guest'", 'condition', /true for everybody/],
    ["userType = 'Guest' or 'Member'", 'condition', /true for everybody/],
    ["userType = 'Guest' and false", 'condition', /false for everybody/],
    ["'a' = 'b'", 'condition', /false for everybody/],
    ['$not(true)', 'condition', /false for everybody/],
    ['(1 = 1)', 'condition', /true for everybody/],
    ['$length("x") = 1', 'condition', /reads no attribute/],
    ["userType = 'Guest'", 'condition', null],
    ["userType = 'Guest' or department = 'x'", 'condition', null],
    ['accountEnabled', 'condition', null],
    ["'engineering' in groups", 'condition', null],
    ["department = 'Sales'", 'value', /true or false for everybody.*\? 'yes' : 'no'/],
    ['$exists(mail)', 'part', /true or false for everybody/],
    ["mail.$contains('x')", 'value', /true or false for everybody/],
    ['mail ~> $not', 'value', /true or false for everybody/],
    ['accountEnabled ? true : false', 'value', /true or false for everybody/],
    ["($d := department; $d = 'x')", 'value', /true or false for everybody/],
    ["mail = 'x'", 'key', /true or false, which names no account/],
    ["{ 'a': mail }", 'value', /an object, not text/],
    ['city + department', 'value', /\+ only adds numbers/],
    ["city = 'x' ? 'a' : 'b'", 'value', null],
    ['accountEnabled', 'value', null],
    ["department = 'Sales'", 'condition', null],
  ];
  for (const [text, role, said] of cases) {
    it(`${text} as ${role}`, () => {
      if (said === null) return assert.deepEqual(flawsOf(text, [], role), []);
      const { severity, message, remedy } = only(text, role);
      assert.equal(severity, 'warning');
      return assert.match(`${message} ${remedy}`, said);
    });
  }
});
