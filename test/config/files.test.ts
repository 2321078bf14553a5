import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decode } from '../../src/config/decode.ts';
import { readDocumentFile } from '../../src/config/document-file.ts';
import { inspectSecrets } from '../../src/config/secrets.ts';
import { isFailure } from '../../src/core/failure.ts';
import { config, documentWith } from './fixtures.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-files-'));
});
after(() => rm(directory, { recursive: true }));

const utf16 = (text: string, mark = true) => Buffer.from(`${mark ? '\uFEFF' : ''}${text}`, 'utf16le');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('bytes of a text', () => {
  it('that do not fit are told with their line and never replaced', () => {
    assert.deepEqual(decode(Buffer.from('a\nü\n')), { text: 'a\nü\n', hadMark: false });
    assert.deepEqual(decode(Buffer.from('\uFEFFa')), { text: 'a', hadMark: true });
    assert.deepEqual(decode(latin1('a\nb\nMünchen\n')), { flaw: 'it is not UTF-8', line: 3, marked: null });
    assert.deepEqual(decode(latin1('München'), 'windows-1252'), { text: 'München', hadMark: false });
    assert.match(JSON.stringify(decode(utf16('a'))), /its first bytes mark it as UTF-16LE/);
    assert.match(JSON.stringify(decode(utf16('abc', false))), /bytes that are not text/);
    assert.deepEqual(decode(utf16('ü'), 'utf-16le'), { text: 'ü', hadMark: true });
    assert.match(
      JSON.stringify(decode(Buffer.from([0x41, 0x0a, 0x42, 0x00, 0x43]))),
      /bytes that are not text.*"line":2/,
    );
  });
});

describe('the file of a document', () => {
  const refused = async (file: string, about: RegExp) =>
    assert.rejects(readDocumentFile(join(directory, file)), (error) => {
      assert.ok(isFailure(error) && error.kind === 'config');
      assert.match(error.sentence, about);
      return true;
    });

  it('that is not there, may not be read, is a folder or no text in UTF-8 is told apart', async () => {
    await writeFile(join(directory, 'latin.yaml'), latin1('a: 1\n# für alle\n'));
    await writeFile(join(directory, 'wide.yaml'), utf16('a: 1\n'));
    await writeFile(join(directory, 'binary.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x00, 0x01]));
    await writeFile(join(directory, 'closed.yaml'), 'a: 1\n');
    await chmod(join(directory, 'closed.yaml'), 0o000);
    await refused('missing.yaml', /does not exist\. Check its name/);
    await refused('.', /is a directory/);
    await refused('latin.yaml', /not UTF-8 \(line 2\)\. Save it as UTF-8 text/);
    await refused('wide.yaml', /UTF-16LE/);
    await refused('binary.yaml', /bytes that are not text/);
    if (process.getuid?.() !== 0) await refused('closed.yaml', /permission denied/);
  });
});

describe('the file of a table', () => {
  const lookup = 'lookup: { file: cost-centers.csv, key: code, value: name }';
  const place = 'connectors[0].to[0].attributes[2].transforms[1].lookup';
  const read = async (bytes: string | Buffer, settings = '', text = documentWith()) => {
    await writeFile(join(directory, 'cost-centers.csv'), bytes);
    const written = text.replaceAll('value: name }', `value: name${settings} }`);
    return config.readDocument(written, { baseDir: directory });
  };
  const tableOf = async (bytes: string | Buffer, settings = '') => {
    const { document, problems } = await read(bytes, settings);
    assert.deepEqual(problems, []);
    return document?.connectors[0]?.to[0]?.attributes[2]?.transforms[1];
  };

  it('in any encoding and with any separator the document names', async () => {
    const expected = { lookup: { values: { München: 'Süd', 4711: 'x' } } };
    assert.deepEqual(await tableOf('code,name\nMünchen,Süd\n4711,x\n\n,,\n'.replace('\n,,', '\n,')), expected);
    assert.deepEqual(await tableOf('\uFEFFcode,name\r\nMünchen,Süd\r\n4711,x\r\n'), expected);
    assert.deepEqual(
      await tableOf(latin1('code;name\nMünchen;Süd\n4711;x'), ', separator: ";", encoding: windows-1252'),
      expected,
    );
    assert.deepEqual(
      await tableOf(utf16('code\tname\nMünchen\tSüd\n4711\tx'), ', separator: "\\t", encoding: utf-16le'),
      expected,
    );
    assert.deepEqual(
      await tableOf('\uFEFFsep=;\r\ncode;name\r\nMünchen;Süd\r\n4711;x\r\n', ', separator: ";"'),
      expected,
    );
    assert.deepEqual(await tableOf('more,code,name\n1,München,Süd\n2,4711,x\n'), expected);
  });

  const cases: readonly (readonly [string, string | Buffer, RegExp])[] = [
    [
      'another encoding',
      latin1('code,name\n1,München\n'),
      /cost-centers\.csv cannot be read: it is not UTF-8 \(line 2\).*encoding: windows-1252/,
    ],
    [
      'semicolons',
      'code;name\n1;a\n2;b,c\n',
      /no column code and no column name: semicolons separate its values\..*`separator: ";"`/,
    ],
    ['tabs', 'code\tname\n1\ta\n', /tabs separate its values\..*`separator: "\\t"`/],
    ['another spelling', 'Code,name\n1,a\n', /no column code: its first line names Code, name\. Did you mean Code\?/],
    ['no such column', 'number,name\n1,a\n', /no column code: its first line names number, name\./],
    ['an empty file', '', /it is empty/],
    ['a column twice', 'code,name,code\n1,a,2\n', /line 1: code names more than one column/],
    ['a key twice', 'code,name\n1,a\n2,b\n1,c\n', /line 4: 1 is already in line 2/],
    [
      'a key twice but for how its letters are put together',
      'code,name\nB\u00fcro,a\nBu\u0308ro,c\n',
      /line 3: .* is already in line 2/,
    ],
    ['a key twice but for what cannot be seen', 'code,name\n12,a\n1\u200b2,c\n', /line 3: .* is already in line 2/],
    ['Excel’s own first line', 'sep=;\r\ncode;name\r\n1;a\r\n', /semicolons/],
    ['a key twice but for space', 'code,name\n1,a\n 1 ,c\n', /line 3: 1 is already in line 2/],
    ['no key', 'code,name\n1,a\n,c\n', /line 3: code is empty/],
    ['a value too many', 'code,name\n1,a\n2,b,c\n', /line 3: it has 3 values for 2 columns/],
    ['a value too few', 'code,name\n1,a\n2\n', /line 3: it has 1 value for 2 columns/],
    ['names and nothing below', 'code,name\n\n', /has no line below its column names/],
    [
      'a mark of another encoding',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('code,name')]),
      /mark it as UTF-16LE, not UTF-8\. .*`encoding: utf-16le`/,
    ],
    ['a loose quotation mark', 'code,name\n1,a\n2,b"c\n', /line 3: there is a quotation mark inside an unquoted value/],
    ['an open quotation mark', 'code,name\n1,"a\n2,b\n', /line \d: a quotation mark is not closed/],
  ];
  for (const [name, bytes, said] of cases) {
    it(`${name} is an error with its line`, async () => {
      const { document, problems } = await read(bytes);
      assert.equal(document, null);
      assert.deepEqual(
        problems.map(({ path }) => path),
        [place],
      );
      assert.match(`${problems[0]?.message} ${problems[0]?.remedy}`, said);
    });
  }

  it('one file in three rows gives one error', async () => {
    const row = `\n          - { userProperty: X, from: city, transforms: [{ ${lookup} }] }`;
    const more = documentWith().replace(
      '            whenNoTransformApplies: keep',
      (line) => line + row + row.replace('X', 'Y'),
    );
    const { problems } = await read('code,name\n1,a\n1,b\n', '', more);
    assert.equal(problems.length, 1);
  });
});

describe('YAML that reads otherwise than it looks', () => {
  const lookup = '- lookup: { file: cost-centers.csv, key: code, value: name }';
  const keys = async (values: string) => {
    const { document, problems } = await config.readDocument(
      documentWith({ [lookup]: `- lookup: { values: { ${values} } }` }),
    );
    return { document, problems };
  };

  it('keys of a table have to be texts', async () => {
    const { document, problems } = await keys('0012: Sales, true: x, 4711: a, "0013": b, A12: c');
    assert.equal(document, null);
    assert.deepEqual(
      problems.map(({ path }) => path.replace(/^.*values\./, '')),
      ['0012', 'true', '4711'],
    );
    assert.match(problems[0]?.message ?? '', /YAML reads 0012 as the number 12, not as text/);
    assert.match(problems[0]?.remedy ?? '', /"0012"/);
    assert.ok((problems[0]?.line ?? 0) > 1);
    assert.ok((await keys('"0012": Sales, no: x')).document);
  });

  it('values of an example whose digits are not those written are errors', async () => {
    const example = (department: string) =>
      documentWith({ [lookup]: '- lower' }) +
      `    examples: [{ name: a, user: { department: ${department}, enabled: true }, expect: {} }]\n`;
    for (const text of ['0012', '+4989123', '9007199254740993', '1e3', '0x1F', '1.0']) {
      const { problems } = await config.readDocument(example(text));
      assert.deepEqual(
        problems.map(({ path }) => path),
        ['connectors[0].examples[0].user.department'],
        text,
      );
    }
    for (const text of ['"0012"', '12', '1.5', 'true', 'null', 'A12']) {
      assert.deepEqual((await config.readDocument(example(text))).problems, [], text);
    }
  });

  it('what is wrong with its form is told in our words', async () => {
    const said = async (text: string) =>
      (await config.readDocument(text)).problems.map(({ message }) => message).join('\n');
    assert.match(await said(`${documentWith()}---\na: 1\n`), /A second document begins here/);
    assert.match(await said('a: 1\na: 2\n'), /already occurs above/);
    assert.match(await said('a:\n\tb: 1\n'), /begins with a tab/);
    assert.match(await said('a: *b\n'), /a text begins with \*/);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [one, before] of ['ba', 'cb', 'dc']) bomb.push(`${one}: &${one} [${`*${before}, `.repeat(10)}]`);
    assert.match(await said(bomb.join('\n')), /refers to named parts/);
    for (const text of ['['.repeat(5_000), '['.repeat(5_000) + ']'.repeat(5_000), `${'{a: '.repeat(5_000)}`]) {
      assert.equal(await said(text), 'This document cannot be read: it is nested too deeply.');
    }
  });

  it('a wrong kind of value is told as what it has to be', async () => {
    const said = async (changes: Readonly<Record<string, string>>) =>
      (await config.readDocument(documentWith({ [lookup]: '- lower', ...changes }))).problems[0]?.message;
    assert.equal(
      await said({ 'tenant: acme': 'tenant: 12' }),
      'It must be text; put a number, true or null in quotes.',
    );
    const guard = (text: string) => ({ '    schedules:': `    guard: { changedPeople: ${text} }\n    schedules:` });
    for (const text of ['100%', '[5%]', '12'])
      assert.match((await said(guard(text))) ?? '', /must be two figures.*or off/);
    assert.match((await said(guard('[5, 10]'))) ?? '', /percentage such as 10%/);
    assert.equal(await said(guard('off')), undefined);
  });
});

describe('secrets', () => {
  it('lose line ends and a byte order mark, and what is odd is told without a character of them', async () => {
    const stored: readonly (readonly [string | Buffer, string, RegExp | null])[] = [
      ['hush', 'hush', null],
      ['hush\n', 'hush', null],
      ['hush\r\n\r\n', 'hush', /several line breaks/],
      ['\uFEFFhush', 'hush', /byte order mark/],
      ['hush ', 'hush ', /ends with a space/],
      [' hush', ' hush', /begins with a space/],
      ['hu\nsh', 'hu\nsh', /more than one line/],
      ['"hush"', '"hush"', /quotation marks/],
      ['hu\u200Bsh', 'hu\u200Bsh', /invisible character/],
      [
        '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n',
        '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----',
        null,
      ],
      ['{\n  "type": "service_account"\n}\n', '{\n  "type": "service_account"\n}', null],
    ];
    for (const [text, secret, odd] of stored) {
      await writeFile(join(directory, 'one'), text);
      const inspect = inspectSecrets({ ATTUNE_SECRETS_DIR: directory, ATTUNE_SECRET_ONE: String(text) });
      for (const reference of [{ file: 'one' }, { env: 'ATTUNE_SECRET_ONE' }]) {
        const found = await inspect(reference);
        assert.equal(found.secret, secret);
        if (odd === null) assert.deepEqual(found.odd, [], JSON.stringify(text));
        else assert.match(found.odd.join(), odd);
        assert.doesNotMatch(found.odd.join(), /hush/);
      }
    }
  });

  it('that are no UTF-8 are never sent anywhere', async () => {
    for (const bytes of [utf16('hush'), utf16('hush', false), latin1('hüsh')]) {
      await writeFile(join(directory, 'two'), bytes);
      await assert.rejects(inspectSecrets({ ATTUNE_SECRETS_DIR: directory })({ file: 'two' }), (error) => {
        assert.ok(isFailure(error) && error.kind === 'config');
        assert.match(error.sentence, /The secret file two cannot be read: it.*Save it again as UTF-8 text/);
        return true;
      });
    }
  });

  it('are told by the check of a document', async () => {
    const inspect = inspectSecrets({ ATTUNE_SECRET_JIRA: 'hush ', ATTUNE_SECRET_WIKI: 'hush' });
    const text = documentWith({ '- lookup: { file: cost-centers.csv, key: code, value: name }': '- lower' });
    const { document, problems } = await config.readDocument(text, { secret: inspect });
    assert.ok(document);
    assert.deepEqual(
      problems.map(({ severity, path }) => [severity, path]),
      [['warning', 'targets.jira-eu.auth.password']],
    );
    assert.match(problems[0]?.message ?? '', /ATTUNE_SECRET_JIRA looks unusual: it ends with a space/);
  });
});
