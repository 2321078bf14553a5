import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { openConfig } from '../../src/config/open-config.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

const root = join(import.meta.dirname, '..', '..');
const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });
const withSources = z.object({ connectors: z.array(z.object({ source: z.looseObject({}) })).min(1) });

const blocks = ['attune.example.yaml', ...globSync('docs/connectors/*.md', { cwd: root })].flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = file.endsWith('.md')
    ? [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block)
    : [text];
  return found.filter((block) => withSources.safeParse(parse(block)).success).map((block) => ({ file, block }));
});

test('the example and the pages of the sources are right by the schemas of the sources', async () => {
  for (const kind of sourceDefinitions.keys())
    assert.ok(
      blocks.some(({ file }) => file.includes(`${kind}.md`)),
      kind,
    );
  for (const { file, block } of blocks) assert.deepEqual((await config.readDocument(block)).problems, [], file);
});

test('settings that are wrong are told at their place, and a literal secret is none', async () => {
  const right = blocks.find(({ file }) => file.endsWith('entra.md'))?.block ?? '';
  const problems = async (line: string, other: string) => {
    assert.ok(right.includes(line));
    return (await config.readDocument(right.replace(line, other))).problems.map(({ path }) => path);
  };
  const at = 'connectors[0].source';
  assert.deepEqual(await problems('guests: exclude', 'guests: never'), [`${at}.people.guests`]);
  assert.deepEqual(await problems('kind: entra', 'kind: entra\n      cloud: moon'), [`${at}.cloud`]);
  assert.deepEqual(
    await problems(
      'kind: entra',
      'kind: entra\n      endpoints: { login: "http://a.example", graph: "https://b.example" }',
    ),
    [`${at}.endpoints.login`],
  );
  assert.notDeepEqual(await problems('{ env: ATTUNE_SECRET_ENTRA }', 'hunter2'), []);
  assert.notDeepEqual(await problems('ATTUNE_SECRET_ENTRA', 'PATH'), []);
});

test('a tenant, a customer and a domain are told apart from what only looks like them', () => {
  const entra = sourceDefinitions.get('entra')?.settings;
  const google = sourceDefinitions.get('google')?.settings;
  assert.ok(entra && google);
  const secret = { env: 'ATTUNE_SECRET_X' };
  const clientId = '51f00000-0000-0000-0000-000000000000';
  const ofTenant = (tenant: string) =>
    entra.safeParse({ kind: 'entra', tenant, auth: { clientId, clientSecret: secret } }).success;
  for (const tenant of [clientId, 'acme.onmicrosoft.com', 'Acme.Example']) assert.ok(ofTenant(tenant), tenant);
  for (const tenant of ['common', 'organizations', 'acme', 'acme.', '.acme', 'https://acme.example', 'a@acme.example'])
    assert.ok(!ofTenant(tenant), tenant);
  const auth = { subject: 'a@acme.example', serviceAccount: secret };
  const ofGoogle = (whom: object) => google.safeParse({ kind: 'google', auth, ...whom }).success;
  for (const whom of [{ customer: 'my_customer' }, { customer: 'C03az79cb' }, { domain: 'acme.example' }, {}])
    assert.ok(ofGoogle(whom), JSON.stringify(whom));
  for (const whom of [
    { customer: 'acme.example' },
    { domain: 'C03az79cb' },
    { domain: '@acme.example' },
    { customer: '' },
  ])
    assert.ok(!ofGoogle(whom), JSON.stringify(whom));
});

test('an attribute of one’s own is not doubted, a slip of a usual one is', async () => {
  const right = blocks.find(({ file }) => file.endsWith('okta.md'))?.block ?? '';
  const warned = async (path: string) => {
    const { problems } = await config.readDocument(right.replaceAll('profile.costCenter', path));
    return problems.map(({ severity, remedy }) => `${severity} ${remedy.split('?')[0]}`);
  };
  assert.ok(right.includes('profile.costCenter'));
  assert.deepEqual(await warned('profile.badge'), []);
  assert.deepEqual(await warned('profile.titel'), ['warning Did you mean profile.title']);
  assert.deepEqual(await warned('profile.costCentre'), ['warning Did you mean profile.costCenter']);
});
