import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { storedOf } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { inspectSecrets } from '../../src/config/secrets.ts';
import { isFailure } from '../../src/core/failure.ts';
import { config, documentWith } from './fixtures.ts';

describe('reading a document', () => {
  let baseDir = '';
  before(async () => {
    baseDir = await mkdtemp(join(tmpdir(), 'attune-document-'));
    await writeFile(join(baseDir, 'cost-centers.csv'), 'code,name\n4711,Research\n4712,"Sales, EMEA"\n');
  });
  after(() => rm(baseDir, { recursive: true }));

  const problemsOf = async (changes: Readonly<Record<string, string>>) =>
    (await config.readDocument(documentWith(changes), { baseDir })).problems;

  it('fills in the defaults and inlines lookups', async () => {
    const { document, problems } = await config.readDocument(documentWith(), { baseDir });
    assert.deepEqual(problems, []);
    const [connector] = document?.connectors ?? [];
    assert.deepEqual(connector?.guard.changedPeople, { percent: 10, count: 1000 });
    assert.equal(connector?.guard.onBreach, 'waitForApproval');
    assert.deepEqual(connector?.to[0]?.attributes[2]?.transforms, [
      'trim',
      { lookup: { values: { 4711: 'Research', 4712: 'Sales, EMEA' } } },
    ]);
    assert.equal(document?.targets['jira-eu']?.inFlight, 4);
  });

  it('a stored definition reads back as it was, and one of another shape is refused', async () => {
    const { document } = await config.readDocument(documentWith(), { baseDir });
    assert.ok(document);
    const definition = definitionOf(document, 'acme');
    assert.ok(definition);
    const stored = storedOf(definition);
    assert.deepEqual(storedOf(config.readDefinition(stored)), stored);
    assert.equal(definitionOf(document, 'other'), null);
    assert.throws(
      () => config.readDefinition({ ...stored, connector: {} }),
      (error) => isFailure(error) && error.kind === 'config',
    );
  });

  const cases: [string, Readonly<Record<string, string>>, string, RegExp][] = [
    [
      'a span of leavers without its unit',
      { '    schedules:': '    leavers: { clear: 30 }\n    schedules:' },
      'connectors[0].leavers.clear',
      /duration with its unit/,
    ],
    [
      'leavers of a kind there is not',
      { '    schedules:': '    leavers: { retired: keep }\n    schedules:' },
      'connectors[0].leavers.retired',
      /retired is not known here/,
    ],
    [
      'a cron line the scheduler refuses',
      { 'cron: "0 4 * * *"': 'cron: "0 2 L * *"' },
      'connectors[0].schedules[0].cron',
      /"Last day" is not supported/,
    ],
    [
      'a day that never comes',
      { 'cron: "0 4 * * *"': 'cron: "0 2 30 2 *"' },
      'connectors[0].schedules[0].cron',
      /never runs/,
    ],
    [
      'an offset for a zone',
      { 'timeZone: Europe/Berlin': 'timeZone: "+02:00"' },
      'connectors[0].schedules[0].timeZone',
      /Name a time zone/,
    ],
    [
      'a zone in small letters',
      { 'timeZone: Europe/Berlin': 'timeZone: europe/berlin' },
      'connectors[0].schedules[0].timeZone',
      /Did you mean Europe\/Berlin\?/,
    ],
    [
      'a span without its unit',
      { 'every: 15m': 'every: 15' },
      'connectors[0].schedules[1].every',
      /a duration with its unit, such as 15m/,
    ],
    [
      'one schedule twice',
      { '- { every: 15m, mode: delta }': '- { every: 15m, mode: delta }\n      - { every: 15m, mode: delta }' },
      'connectors[0].schedules[2]',
      /is already listed above/,
    ],
    [
      'a mistyped key',
      { 'whenNoTransformApplies: keep': 'whenNoTransformAplies: keep' },
      'connectors[0].to[0].attributes[2].whenNoTransformAplies',
      /Did you mean whenNoTransformApplies\?/,
    ],
    [
      'a mistyped key of a target',
      { 'url: https://jira.acme.example': 'url: https://jira.acme.example\n    inFligt: 2' },
      'targets.jira-eu.inFligt',
      /Did you mean inFlight\?/,
    ],
    [
      'an unknown kind',
      { 'kind: confluence': 'kind: sharepoint' },
      'targets.wiki.kind',
      /must be one of jira, confluence/,
    ],
    ['a literal secret', { '{ env: ATTUNE_SECRET_JIRA }': 'letmein' }, 'targets.jira-eu.auth.password', /./],
    ['an unknown target', { 'target: wiki': 'target: wikki' }, 'connectors[0].to[1].target', /Did you mean wiki\?/],
    [
      'an attribute no listing of the source gives',
      { 'from: companyName': 'from: aboutMe' },
      'connectors[0].to[0].attributes[1].from',
      /Graph does not return it when listing users/,
    ],
    [
      'a group the source does not name',
      { "'engineering' in groups": "'enginering' in groups" },
      'connectors[0].to[0].scope',
      /Did you mean engineering\?/,
    ],
    [
      'groups of a source that names none',
      { ', groups: { engineering: 6d1c }': '' },
      'connectors[0].to[0].scope',
      /the source names none/,
    ],
    [
      'an unknown field',
      { 'field: phone': 'field: phon' },
      'connectors[0].to[1].attributes[0].field',
      /Did you mean phone\?/,
    ],
    [
      'a name the product refuses',
      { 'userProperty: Cost center': 'userProperty: Cost-center' },
      'connectors[0].to[0].attributes[2].userProperty',
      /does not accept this name/,
    ],
    [
      '!= beside a path',
      { "userType = 'Guest'": "userType != 'Guest'" },
      'connectors[0].to[0].attributes[0].when',
      /\$not\(\$is\(userType/,
    ],
    [
      'a broken expression',
      { 'from: companyName': 'from: "$uppercase("' },
      'connectors[0].to[0].attributes[1].from',
      /not an expression/,
    ],
    [
      'a hidden read',
      { 'from: companyName': 'from: "$$.companyName"' },
      'connectors[0].to[0].attributes[1].from',
      /hides which attributes/,
    ],
    [
      'a regex without a bound',
      { '^DE-(.*)$': '(?=DE)(.*)' },
      'connectors[0].to[1].attributes[1].transforms[0].regex.find',
      /cannot be used/,
    ],
    [
      'a group that is not there',
      { "'$1'": "'$2'" },
      'connectors[0].to[1].attributes[1].transforms[0].regex.replace',
      /names group 2; `find` has only 1/,
    ],
    [
      'a constant that is no text',
      { 'constant: External': 'constant: 7' },
      'connectors[0].to[0].attributes[0].from.constant',
      /must be text/,
    ],
    [
      'a setting that is missing',
      { '            from: companyName\n': '' },
      'connectors[0].to[0].attributes[1].from',
      /from is missing\. Add it/,
    ],
    [
      'a setting that is missing under another name',
      { '          - email: [mail, otherMails]': '          - mail: [mail, otherMails]' },
      'connectors[0].to[0].match[1].mail',
      /mail is not known here\. Did you mean email\?/,
    ],
    ['a schedule that is none', { 'every: 15m': 'every: soon' }, 'connectors[0].schedules[1].every', /15m, 4h or 1d/],
    [
      'a lookup file that is not there',
      { 'cost-centers.csv': 'nowhere.csv' },
      'connectors[0].to[0].attributes[2].transforms[1].lookup',
      /it does not exist, or permission is denied/,
    ],
    [
      'a column that is not there',
      { 'key: code': 'key: number' },
      'connectors[0].to[0].attributes[2].transforms[1].lookup',
      /no column number: its first line names code, name/,
    ],
  ];
  for (const [name, changes, path, text] of cases) {
    it(`${name} is an error at its place and line`, async () => {
      const { document, problems } = await config.readDocument(documentWith(changes), { baseDir });
      assert.equal(document, null);
      const [problem] = problems.filter(({ severity }) => severity === 'error');
      assert.equal(problem?.path, path, JSON.stringify(problems));
      assert.match(`${problem?.message} ${problem?.remedy}`, text);
      assert.ok((problem?.line ?? 0) > 1);
    });
  }

  it('tells everything at once, in the order of the lines', async () => {
    const problems = await problemsOf({
      'field: phone': 'field: phon',
      'every: 15m': 'every: soon',
      'kind: jira': 'kind: gira',
    });
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['targets.jira-eu.kind', 'connectors[0].to[1].attributes[0].field', 'connectors[0].schedules[1].every'],
    );
  });

  it('warns without refusing: a hyphen, an index inside a path, unknown paths, a row that is never reached', async () => {
    const { document, problems } = await config.readDocument(
      documentWith({
        'from: companyName': 'from: jobTitle-department',
        'businessPhones[0]': 'manager.otherMails[0]',
        'join: [city, country]': 'join: [employeeOrgData.divison, country]',
        'when: "userType = \'Guest\'"\n': 'overwrite: always\n',
      }),
      { baseDir },
    );
    assert.ok(document);
    assert.deepEqual(
      problems.map(({ severity, path }) => `${severity} ${path}`),
      [
        'warning connectors[0].to[0].attributes[1]',
        'warning connectors[0].to[0].attributes[1].from',
        'warning connectors[0].to[1].attributes[0].from.firstOf[1]',
        'warning connectors[0].to[1].attributes[1].from.join[0]',
      ],
    );
  });

  const doubts = async (changes: Readonly<Record<string, string>>) =>
    (await problemsOf(changes)).map(({ severity, path, remedy }) => [
      severity,
      path.replace('connectors[0].to', 'to'),
      remedy.replace(/\?.*$/, '?'),
    ]);

  it('warns of an attribute that is true or false compared with a text, and the other way round', async () => {
    const scope = 'scope: "$not(employeeType = \'Service\')"';
    const told = async (text: string) =>
      (await problemsOf({ [scope]: `scope: ${JSON.stringify(text)}` })).map(
        ({ severity, path, message, remedy }) => `${severity} ${path} ${message} ${remedy}`,
      );
    const place = 'warning connectors[0].scope';
    for (const [text, said] of [
      [
        "accountEnabled = 'true'",
        `${place} accountEnabled is true or false, so it never equals 'true'. Write accountEnabled.`,
      ],
      [
        "'False' = accountEnabled",
        `${place} accountEnabled is true or false, so it never equals 'False'. Write $not(accountEnabled).`,
      ],
      ['accountEnabled = 1', `${place} accountEnabled is true or false, so it never equals 1. Write accountEnabled.`],
      [
        "$is(manager.accountEnabled, 'enabled') or city = 'Bonn'",
        `${place} manager.accountEnabled is true or false, so it never equals 'enabled'. Compare it with true or false.`,
      ],
      [
        "onPremisesSyncEnabled in ['yes', true]",
        `${place} onPremisesSyncEnabled is true or false, so it never equals 'yes'. Write onPremisesSyncEnabled.`,
      ],
      [
        'employeeType = true',
        `${place} employeeType is never true, because it is not true or false. Compare it with a text, or write $exists(employeeType).`,
      ],
    ] as const) {
      assert.deepEqual(await told(text), [said], text);
    }
    for (const text of [
      'accountEnabled = true',
      'accountEnabled',
      "city in ['Bonn', 'Ulm']",
      'extension_ab_flag = true',
    ]) {
      assert.deepEqual(await told(text), [], text);
    }
  });

  it('warns of hours at which clocks are set, and of two days that must both hold', async () => {
    const cron = 'cron: "0 4 * * *"';
    const at = 'connectors[0].schedules[0].cron';
    for (const [line, text] of [
      ['30 2 * * *', /no run begins at 02:30 on [\d-]+, and two runs begin at 02:30 on [\d-]+\./],
      ['0 4 1 * 1', /must match/],
    ] as const) {
      const [problem, ...more] = await problemsOf({ [cron]: `cron: "${line}"` });
      assert.deepEqual([problem?.severity, problem?.path, more], ['warning', at, []]);
      assert.match(problem?.message ?? '', text);
    }
  });

  it('warns of a credential that has ended, and hides nothing else behind it', async () => {
    const withDay = (day: string) => ({ 'tenant: acme, ': `tenant: acme, auth: { expires: ${day} }, ` });
    const [ended] = await problemsOf(withDay('2020-01-01'));
    assert.deepEqual([ended?.severity, ended?.path], ['warning', 'connectors[0].source.auth.expires']);
    assert.match(ended?.message ?? '', /no longer valid: it expired on 2020-01-01/);
    assert.deepEqual(await problemsOf(withDay('2099-01-01')), []);
    const both = await problemsOf({ ...withDay('soon'), 'from: companyName': 'from: hireDate' });
    assert.ok(both.some(({ path }) => path === 'connectors[0].source.auth.expires'));
    assert.ok(both.some(({ path, message }) => path.endsWith('.from') && /hireDate cannot be read/.test(message)));
  });

  it('warns of names that differ in capitals only, and says in words what a name may be', async () => {
    const [twice] = await problemsOf({ '- userProperty: Cost center': '- userProperty: company' });
    assert.deepEqual([twice?.severity, twice?.path], ['warning', 'connectors[0].to[0].attributes[2].userProperty']);
    for (const name of ['Cost  center', 'Cost_center', '"Cost\\tcenter"', 'Kostenst\u00e4lle']) {
      const [refused] = await problemsOf({ '- userProperty: Cost center': `- userProperty: ${name}` });
      assert.equal(refused?.severity, 'error', name);
      assert.match(refused?.remedy ?? '', /letters \(a to z\), digits and single spaces/);
    }
  });

  it('asks what an unknown path was meant to be, and leaves extensions alone', async () => {
    const from = 'to[0].attributes[1].from';
    for (const [path, meant] of [
      ['compnayName', 'Did you mean companyName?'],
      ['manager.displayname', 'Did you mean manager.displayName?'],
      ['onPremisesExtensionAttributes.extensionAttribut1', /Did you mean onPremisesExtensionAttributes/],
      ['extension_ab603c56068041afb2f6832e2a17e237_badge', null],
      ['assignedPlans.service', null],
      ['employeeOrgData', /Name one of its parts, such as employeeOrgData\.costCenter/],
    ] as const) {
      const found = await doubts({ 'from: companyName': `from: ${path}` });
      if (meant === null) assert.deepEqual(found, [], path);
      else if (typeof meant === 'string') assert.deepEqual(found, [['error', from, meant]], path);
      else assert.match(found[0]?.[2] ?? '', meant);
    }
  });

  it('tells the parts of firstOf that never come to bear', async () => {
    const list = '{ firstOf: [mobilePhone, "businessPhones[0]"] }';
    const at = 'to[1].attributes[0].from.firstOf';
    assert.deepEqual(
      (await doubts({ [list]: '{ firstOf: [mobilePhone, "\'none\'", faxNumber] }' })).map(([, path]) => path),
      [`${at}[2]`],
    );
    assert.deepEqual(
      (await doubts({ [list]: '{ firstOf: [mobilePhone, faxNumber, mobilePhone] }' })).map(([, path]) => path),
      [`${at}[2]`],
    );
  });

  it('warns of secrets that cannot be read where it is asked to look', async () => {
    const asked: unknown[] = [];
    const secret = async (reference: unknown) => {
      asked.push(reference);
      return inspectSecrets({ ATTUNE_SECRET_WIKI: 'there' })({ env: (reference as { env: string }).env });
    };
    const { document, problems } = await config.readDocument(documentWith(), { baseDir, secret });
    assert.ok(document);
    assert.deepEqual(asked, [{ env: 'ATTUNE_SECRET_JIRA' }, { env: 'ATTUNE_SECRET_WIKI' }]);
    assert.deepEqual(
      problems.map(({ severity, path, message }) => [severity, path, message]),
      [['warning', 'targets.jira-eu.auth.password', 'The secret ATTUNE_SECRET_JIRA is not set.']],
    );
    assert.equal(problems[0]?.line, 6);
  });

  it('what is not YAML, or no document at all, is told as a problem', async () => {
    for (const text of ['a: [', '', '7', 'targets: {}\ntargets: {}\n', 'connectors: [null, 3]']) {
      const { document, problems } = await config.readDocument(text);
      assert.equal(document, null);
      assert.ok(problems.length > 0, text);
    }
  });

  it('the JSON Schema names what a document may say', async () => {
    const schema = JSON.stringify(config.jsonSchema());
    for (const word of ['whenTooLong', 'writeHours', 'onBreach', 'tenant'])
      assert.ok(schema.includes(`"${word}"`), word);
  });
});
