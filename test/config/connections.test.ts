import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { changedConnections } from '../../src/config/connections.ts';
import { openConfig } from '../../src/config/open-config.ts';
import { type Definition, definitionOf } from '../../src/config/schema/document.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

const written = `
targets:
  jira:
    kind: jira
    url: https://jira.acme.example
    auth: { username: svc, password: { env: ATTUNE_SECRET_JIRA } }
connectors:
  - id: acme
    source:
      kind: entra
      tenant: acme.example
      auth: { clientId: 51f00000-0000-0000-0000-000000000000, clientSecret: { env: ATTUNE_SECRET_ENTRA } }
    to:
      - target: jira
        match: [{ username: userPrincipalName }]
        attributes: [{ userProperty: Desk, from: city }]
`;

const read = async (text: string, id = 'acme'): Promise<Definition> => {
  const { document, problems } = await config.readPlain(parse(text));
  assert.ok(document, JSON.stringify(problems));
  const definition = definitionOf(document, id);
  assert.ok(definition);
  return definition;
};

describe('what changes where secrets are sent', () => {
  const edits: [string, string, readonly string[]][] = [
    ['tenant: acme.example', 'tenant: evil.example', ['source.tenant']],
    ['kind: entra', 'kind: entra\n      cloud: china', ['source.cloud']],
    [
      'kind: entra',
      'kind: entra\n      endpoints: { login: https://e.example, graph: https://e.example }',
      ['source.endpoints'],
    ],
    ['env: ATTUNE_SECRET_ENTRA', 'env: ATTUNE_SECRET_JIRA', ['source.auth']],
    ['clientSecret: { env: ATTUNE_SECRET_ENTRA }', 'certificate: { file: jira }', ['source.auth']],
    ['https://jira.acme.example', 'https://jira.evil.example', ['targets.jira.url']],
    ['kind: jira', 'kind: jira\n    tls: { ca: { file: mine.pem } }', ['targets.jira.tls']],
    ['password: {', 'with: basic, password: {', ['targets.jira.auth']],
    ['password: {', 'loginPath: /plugins/x, password: {', ['targets.jira.auth']],
  ];
  for (const [from, to, places] of edits) {
    it(`${from} -> ${to.replaceAll(/\s+/g, ' ')}`, async () => {
      const changed = await read(written.replace(from, to));
      assert.deepEqual(changedConnections(changed, [await read(written)]), places);
    });
  }

  it('are not the mapping, the scope, who takes part, the guard, the load and what is never written', async () => {
    const changed = written
      .replace('from: city', 'from: country')
      .replace('kind: entra', 'kind: entra\n      people: { guests: exclude }\n      groups: { eng: abc }')
      .replace('kind: jira', 'kind: jira\n    inFlight: 9\n    never: [root]\n    store: entityProperty')
      .replace('id: acme', 'id: acme\n    scope: "city = \'Ulm\'"');
    assert.deepEqual(changedConnections(await read(changed), [await read(written)]), []);
  });

  it('a new connector may use connections that others have, and needs leave for its own', async () => {
    const stored = [await read(written)];
    const copy = written.replace('id: acme', 'id: copy');
    assert.deepEqual(changedConnections(await read(copy, 'copy'), stored), []);
    const own = copy.replace('jira.acme.example', 'other.example').replace('tenant: acme.example', 'tenant: b.example');
    assert.deepEqual(changedConnections(await read(own, 'copy'), stored), ['source.tenant', 'targets.jira.url']);
    assert.deepEqual(changedConnections(await read(written), []), ['source', 'targets.jira']);
  });

  it("an existing connector does not take over another one's source", async () => {
    const other = await read(
      written.replace('id: acme', 'id: b').replace('tenant: acme.example', 'tenant: b.example'),
      'b',
    );
    const moved = await read(written.replace('tenant: acme.example', 'tenant: b.example'));
    assert.deepEqual(changedConnections(moved, [await read(written), other]), ['source.tenant']);
  });
});
