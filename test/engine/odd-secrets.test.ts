import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openConfig, storedOf } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { inspectSecrets } from '../../src/config/secrets.ts';
import { keepLeavers } from '../../src/core/people/leavers.ts';
import { openConnectors } from '../../src/engine/open/open-connectors.ts';
import { checkConnector } from '../../src/engine/questions/check-connector.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });
const to = (target: string, row: object) => ({ target, match: [{ username: 'mail' }], attributes: [row] });
const target = (kind: string, env: string) => ({
  kind,
  url: `https://${kind}.acme.example`,
  auth: { username: 'svc', password: { env } },
});

/** Stores a connector with these secrets and gives what a worker with this environment finds odd about them. */
const oddOf = async (environment: Readonly<Record<string, string>>) => {
  const { document, problems } = await config.readDocument(
    JSON.stringify({
      targets: { jira: target('jira', 'ATTUNE_SECRET_JIRA'), wiki: target('confluence', 'ATTUNE_SECRET_WIKI') },
      connectors: [
        {
          id: 'acme',
          source: {
            kind: 'entra',
            tenant: 'acme.example',
            auth: { clientId: '51f00000-0000-0000-0000-000000000000', clientSecret: { env: 'ATTUNE_SECRET_ENTRA' } },
          },
          to: [to('jira', { userProperty: 'City', from: 'city' }), to('wiki', { field: 'phone', from: 'mobilePhone' })],
        },
      ],
    }),
  );
  const definition = document === null ? null : definitionOf(document, 'acme');
  assert.ok(definition, JSON.stringify(problems));
  await storeConnector(ledger, {
    connector: 'acme',
    managedBy: 'file',
    definition: storedOf(definition),
    createdBy: 'test',
    comment: null,
  });
  const connectors = openConnectors({
    ledger,
    sources: sourceDefinitions,
    targets: targetDefinitions,
    readDefinition: config.readDefinition,
    inspectSecret: inspectSecrets(environment),
  });
  return connectors.oddSecrets('acme');
};

test('a check tells what is odd about each secret of the worker before a sign-in is spent on it, and shows none', async () => {
  const odd = await oddOf({
    ATTUNE_SECRET_ENTRA: 'correct horse\n\n',
    ATTUNE_SECRET_JIRA: 'battery staple ',
    ATTUNE_SECRET_WIKI: 'fine',
  });
  assert.match(odd.source[0]?.found ?? '', /ATTUNE_SECRET_ENTRA looks unusual: it ends with several line breaks/);
  assert.match(odd.targets.jira?.[0]?.found ?? '', /ATTUNE_SECRET_JIRA looks unusual: it ends with a space/);
  assert.deepEqual(odd.targets.wiki, []);
  assert.doesNotMatch(JSON.stringify(odd), /horse|staple/);
  const { call } = startCall();
  const connector = {
    id: 'acme',
    version: 1,
    source: memorySource(new Map(), 10).source,
    targets: new Map([['jira', openTarget('jira', memoryTarget([]).target, 1)]]),
    mapping: titleMapping(['jira']),
    guard: defaultGuard,
    patienceMs: 0,
    leavers: keepLeavers,
  };
  const { source, targets } = await checkConnector({ ledger, connector, call }, null, odd, Date.now());
  assert.equal(source[0]?.what, 'how the secret is stored');
  assert.ok(source.length > 1, 'the rest is looked at all the same');
  assert.deepEqual(
    targets.jira?.map(({ what, ok }) => [what, ok]),
    [['how the secret is stored', true]],
  );
});

test('a secret that is not there is for the sign-in to tell', async () => {
  assert.deepEqual(await oddOf({}), { source: [], targets: { jira: [], wiki: [] } });
});
