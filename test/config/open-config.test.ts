import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { openConfig, storedOf } from '../../src/config/open-config.ts';
import { type Definition, definitionOf } from '../../src/config/schema/document.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

const settings = z.strictObject({ kind: z.literal('entra'), tenant: z.string() });
const sources = new Map([
  [
    'entra',
    {
      settings,
      refusedPaths: () => [],
      usualPaths: [],
      shapes: new Map(),
      truthPaths: [],
      numberPaths: [],
      ownPaths: /./,
    },
  ],
]);
const config = openConfig({ sources, targets: targetDefinitions });

const text = `
targets:
  jira-eu:
    kind: jira
    url: https://jira.example
    auth: { username: svc, password: { env: ATTUNE_SECRET_JIRA } }
connectors:
  - id: acme
    source: { kind: entra, tenant: t }
    to:
      - target: jira-eu
        match: [{ username: "$substringBefore(userPrincipalName, '@')" }]
        attributes:
          - { userProperty: Company, when: "userType = 'Guest'", from: { constant: External } }
          - { userProperty: Company, from: companyName, transforms: [trim, { lookup: { values: { A: Alpha } } }] }
    schedules: [{ every: 15m, mode: delta }]
    guard: { changedPeople: [5%, 7] }
`;

const attributesOf = ({ targets }: Definition) =>
  new Map(
    Object.entries(targets).flatMap(([name, settings]) => {
      const kind = targetDefinitions.get(settings.kind);
      return kind === undefined ? [] : [[name, kind.attributes(settings)] as const];
    }),
  );

test('a right document is read, stored as plain JSON, read again and compiled', async () => {
  const { document, problems } = await config.readDocument(text);
  assert.deepEqual(problems, []);
  assert.ok(document);
  const definition = definitionOf(document, 'acme');
  assert.ok(definition);
  const again = config.readDefinition(storedOf(definition));
  assert.deepEqual(storedOf(again), storedOf(definition));
  assert.deepEqual(again.connector.guard.changedPeople, { percent: 5, count: 7 });
  assert.deepEqual(again.connector.guard.clearedPeople, { percent: 1, count: 100 });
  const mapping = compileMapping(again.connector, { attributes: attributesOf(again) });
  assert.deepEqual(mapping.selection, ['companyName', 'userPrincipalName', 'userType']);
  const person = { id: '1', attributes: { userPrincipalName: 'joe@acme.example', companyName: ' A ', userType: null } };
  assert.deepEqual((await mapping.evaluate(person)).get('jira-eu'), {
    kind: 'mapped',
    desired: new Map([['userProperty:Company', { do: 'set', value: 'Alpha', overwrite: 'always' }]]),
    rows: new Map([['userProperty:Company', 1]]),
    match: [{ by: 'username', values: ['joe'] }],
    kept: [],
  });
});

const problemsOf = async (from: string, to: string) =>
  (await config.readDocument(text.replace(from, to))).problems.map(({ path, line, severity }) => ({
    path,
    line,
    severity,
  }));

test('each mistake is named with its place and line', async () => {
  const error = 'error';
  assert.deepEqual(
    (await problemsOf('tenant: t', 'tenantt: t')).map(({ path }) => path),
    ['connectors[0].source.tenantt'],
    'a slip is told once, and not as something missing too',
  );
  assert.deepEqual((await problemsOf('tenant: t', 'realm: t')).map(({ path }) => path).sort(), [
    'connectors[0].source.realm',
    'connectors[0].source.tenant',
  ]);
  assert.deepEqual(await problemsOf('target: jira-eu', 'target: jira-us'), [
    { path: 'connectors[0].to[0].target', line: 11, severity: error },
  ]);
  assert.deepEqual(await problemsOf('from: companyName', 'from: "a != b"'), [
    { path: 'connectors[0].to[0].attributes[1].from', line: 15, severity: error },
  ]);
  assert.deepEqual(await problemsOf(`when: "userType = 'Guest'", `, ''), [
    { path: 'connectors[0].to[0].attributes[1]', line: 15, severity: 'warning' },
  ]);
  assert.deepEqual((await problemsOf('from: companyName', 'from: "*"'))[0]?.severity, error);
});

test('an unknown word gets a suggestion', async () => {
  const [problem] = (await config.readDocument(text.replace('schedules:', 'schedule:'))).problems;
  assert.equal(problem?.path, 'connectors[0].schedule');
  assert.match(problem?.remedy ?? '', /Did you mean schedules\?/);
});

test('the JSON Schema knows the words of sources, targets and rows', async () => {
  const schema = JSON.stringify(config.jsonSchema());
  for (const word of ['tenant', 'inFlight', 'userProperty', 'whenNoTransformApplies'])
    assert.match(schema, new RegExp(`"${word}"`));
});
