import assert from 'node:assert/strict';
import { test } from 'node:test';
import { config, documentWith } from './fixtures.ts';

const lookup = '              - lookup: { file: cost-centers.csv, key: code, value: name }\n';
const inline = "              - lookup: { values: { '4711': Research } }\n";

/** The document with one example, its person and what is expected of them at the two targets. */
const problemsOf = async (user: object, expect: object) => {
  const examples = `    examples: ${JSON.stringify([{ name: 'one', user, expect }])}\n    schedules:`;
  const { document, problems } = await config.readDocument(
    documentWith({ [lookup]: inline, '    schedules:': examples }),
  );
  assert.equal(document === null, problems.length > 0);
  return problems.map(({ severity, path, message }) => [
    severity,
    path.replace('connectors[0].examples[0].', ''),
    message,
  ]);
};

const ada = {
  userPrincipalName: 'ada@acme.example',
  mail: 'Ada@acme.example',
  groups: ['engineering'],
  userType: 'Member',
  companyName: 'Acme',
  mobilePhone: null,
  businessPhones: ['+1', '+2'],
  city: 'DE-Berlin',
  onPremisesExtensionAttributes: { extensionAttribute1: ' 4711 ' },
};

test('an example that holds is silent, whatever it leaves out', async () => {
  const jira = {
    username: 'ada',
    email: 'ada@acme.example',
    userProperties: { Company: 'Acme', 'Cost center': 'Research' },
  };
  assert.deepEqual(
    await problemsOf(ada, { 'jira-eu': jira, wiki: { fields: { phone: '+1', location: 'Berlin' } } }),
    [],
  );
  assert.deepEqual(await problemsOf({ ...ada, groups: [] }, { 'jira-eu': 'outOfScope' }), []);
  assert.deepEqual(
    await problemsOf({ ...ada, companyName: '' }, { 'jira-eu': { userProperties: { Company: null } } }),
    [],
  );
});

test('every difference is an error at its place', async () => {
  const found = await problemsOf(ada, {
    'jira-eu': { username: 'eve', userProperties: { Company: 'Beta', 'Cost center': null, Compeny: 'x' } },
    wiki: 'outOfScope',
    'jira-us': {},
  });
  assert.deepEqual(found.toSorted(), [
    ['error', 'expect.jira-eu.userProperties.Company', 'userProperty:Company is "Acme", not "Beta".'],
    ['error', 'expect.jira-eu.userProperties.Compeny', 'No row writes userProperty:Compeny.'],
    ['error', 'expect.jira-eu.userProperties.Cost center', 'userProperty:Cost center is "Research", not no value.'],
    ['error', 'expect.jira-eu.username', 'The username to match by is "ada", not "eve".'],
    ['error', 'expect.jira-us', 'The connector does not write to jira-us.'],
    ['error', 'expect.wiki', 'The example is mapped, not outOfScope.'],
  ]);
  const failing = await problemsOf({ ...ada, city: { name: 'Berlin' } }, { wiki: { fields: { location: 'Berlin' } } });
  assert.match(String(failing[0]?.[2]), /^The example is failed \(.*city gives an object/);
});

test('an example of the wrong shape is told, and runs nothing', async () => {
  const [problem] = await problemsOf(ada, { wiki: { fields: { phone: 1 } } });
  assert.equal(problem?.[1], 'expect.wiki.fields.phone');
});
