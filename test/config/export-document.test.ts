import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportDocument } from '../../src/config/export-document.ts';
import { storedOf } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { config } from './fixtures.ts';

const about = { version: 1, managedBy: 'api', createdBy: 'ada', comment: null, createdAt: new Date(0) } as const;

test('one stored version that cannot be read leaves the others to be exported, and is told', async () => {
  const { document } = await config.readDocument(
    JSON.stringify({
      targets: {
        wiki: {
          kind: 'confluence',
          url: 'https://wiki.acme.example',
          auth: { username: 'svc', password: { env: 'ATTUNE_SECRET_WIKI' } },
        },
      },
      connectors: [
        {
          id: 'acme',
          source: { kind: 'entra', tenant: 'acme' },
          to: [
            { target: 'wiki', match: [{ username: 'mail' }], attributes: [{ field: 'phone', from: 'mobilePhone' }] },
          ],
        },
      ],
    }),
  );
  const definition = document === null ? null : definitionOf(document, 'acme');
  assert.ok(definition);
  const stored = [
    { ...about, connector: 'old', definition: { connector: { id: 'old', source: { kind: 'ldap' } }, targets: {} } },
    { ...about, connector: 'acme', definition: storedOf(definition) },
  ];
  const exported = exportDocument(stored, config.readDefinition);
  assert.deepEqual(Object.keys(exported.leftOut), ['old']);
  assert.match(exported.leftOut.old ?? '', /cannot be used: see .*another release/);
  const again = await config.readDocument(JSON.stringify(exported.document));
  assert.deepEqual(
    again.document?.connectors.map(({ id }) => id),
    ['acme'],
  );
});
