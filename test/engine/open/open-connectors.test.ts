import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Failure } from '../../../src/core/failure.ts';
import type { JsonObject } from '../../../src/core/values.ts';
import { openConnectors } from '../../../src/engine/open/open-connectors.ts';
import { storeConnector } from '../../../src/ledger/connectors.ts';
import { config } from '../../../src/server/documents.ts';
import { sourceDefinitions } from '../../../src/sources/index.ts';
import { targetDefinitions } from '../../../src/targets/index.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const database = await freshDatabase();
const { ledger } = database;
const connectors = openConnectors({
  ledger,
  sources: sourceDefinitions,
  targets: targetDefinitions,
  readDefinition: config.readDefinition,
  inspectSecret: async () => ({ secret: '', odd: [] }),
});
after(async () => {
  await connectors.close();
  await database.close();
});

const version = (jira: JsonObject): Promise<number> =>
  storeConnector(ledger, {
    connector: 'acme',
    managedBy: 'file',
    createdBy: 'test',
    comment: null,
    definition: {
      connector: {
        id: 'acme',
        source: {
          kind: 'entra',
          tenant: '8a1c0000-0000-0000-0000-000000000000',
          auth: { clientId: '51f00000-0000-0000-0000-000000000000', clientSecret: { env: 'ATTUNE_SECRET_ENTRA' } },
        },
        to: [
          { target: 'jira', match: [{ username: 'mailNickname' }], attributes: [{ userProperty: 'A', from: 'city' }] },
        ],
      },
      targets: {
        jira: {
          kind: 'jira',
          url: 'https://jira.acme.example',
          auth: { username: 'svc-attune', password: { env: 'ATTUNE_SECRET_JIRA' } },
          ...jira,
        },
      },
    },
  });

test('an old plan keeps to whom is never written today, and to the load of today', async () => {
  const planned = await version({ never: ['admin'] });
  const ada = { key: 'ada', username: 'ada', email: null, active: true };
  const before = (await connectors.open('acme', planned)).targets.get('jira');
  assert.deepEqual([before?.protects(ada), before?.inFlight], [false, 4]);
  await version({ never: ['admin', 'ada'], inFlight: 1 });
  const today = (await connectors.open('acme', planned)).targets.get('jira');
  assert.deepEqual([today?.protects(ada), today?.inFlight], [true, 1]);
});

test('a plan whose target moved to another product is void', async () => {
  const planned = await version({});
  await version({ url: 'https://other.acme.example' });
  await assert.rejects(
    connectors.open('acme', planned),
    (error) => error instanceof Failure && error.kind === 'conflict' && /changed its url/.test(error.message),
  );
});

test('how long a run waits for a party that is away is a setting, an hour unless the document says otherwise', async () => {
  assert.equal((await connectors.open('acme', await version({}))).patienceMs, 3_600_000);
});
