import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Document } from '../../src/config/schema/document.ts';
import { storeDocument } from '../../src/config/store-document.ts';
import { isFailure } from '../../src/core/failure.ts';
import { connectorVersions, currentConnector, handOver } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { config } from './fixtures.ts';

const wiki = 'https://wiki.acme.example';

/** A document of connectors that write one attribute each, all to the same wiki. */
const documentOf = async (attributes: Readonly<Record<string, string>>, url = wiki): Promise<Document> => {
  const text = JSON.stringify({
    targets: {
      wiki: { kind: 'confluence', url, auth: { username: 'svc', password: { env: 'ATTUNE_SECRET_WIKI' } } },
    },
    connectors: Object.entries(attributes).map(([id, from]) => ({
      id,
      source: { kind: 'entra', tenant: id },
      to: [{ target: 'wiki', match: [{ username: 'mailNickname' }], attributes: [{ field: 'phone', from }] }],
    })),
  });
  const { document, problems } = await config.readDocument(text);
  assert.ok(document, JSON.stringify(problems));
  return document;
};

describe('storing a document', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const file = { who: 'file', comment: null, managedBy: 'file' } as const;
  const ada = { who: 'ada', comment: 'by hand', managedBy: 'api' } as const;
  const conflict = (words: RegExp) => (error: unknown) =>
    isFailure(error) && error.kind === 'conflict' && words.test(error.sentence);

  it('gives each changed connector a version and names those the file has no longer', async () => {
    const first = await storeDocument(ledger, await documentOf({ one: 'city', two: 'state' }), file);
    assert.deepEqual(first.connectors, [
      { id: 'one', version: 1, is: 'new' },
      { id: 'two', version: 1, is: 'new' },
    ]);
    const second = await storeDocument(ledger, await documentOf({ one: 'city', two: 'country' }), file);
    assert.deepEqual(second, {
      connectors: [
        { id: 'one', version: 1, is: 'unchanged' },
        { id: 'two', version: 2, is: 'changed' },
      ],
      absent: [],
    });
    assert.deepEqual((await storeDocument(ledger, await documentOf({ two: 'country' }), file)).absent, ['one']);
  });

  it('refuses through the API what stands in the file, until it is handed over', async () => {
    await storeDocument(ledger, await documentOf({ one: 'city', two: 'state' }), file);
    await assert.rejects(
      storeDocument(ledger, await documentOf({ one: 'jobTitle' }), ada),
      conflict(/attune config import one/),
    );
    assert.equal(await handOver(ledger, 'one', 'api'), true);
    const { connectors } = await storeDocument(ledger, await documentOf({ one: 'jobTitle' }), ada);
    assert.deepEqual(connectors, [{ id: 'one', version: 2, is: 'changed' }]);
    const [newest, oldest] = await connectorVersions(ledger, 'one');
    assert.deepEqual([newest?.createdBy, newest?.comment, oldest?.createdBy], ['ada', 'by hand', 'file']);
  });

  it('the file then leaves it alone', async () => {
    const { connectors, absent } = await storeDocument(ledger, await documentOf({ one: 'city', two: 'state' }), file);
    assert.deepEqual(connectors[0], { id: 'one', version: 2, is: 'leftAlone' });
    assert.deepEqual(absent, []);
    assert.equal((await currentConnector(ledger, 'one'))?.managedBy, 'api');
  });

  it('stores over the expected version only', async () => {
    const stale = storeDocument(ledger, await documentOf({ one: 'department' }), { ...ada, expected: { one: 1 } });
    await assert.rejects(stale, conflict(/its version is now 2/));
    await storeDocument(ledger, await documentOf({ one: 'department' }), { ...ada, expected: { one: 2 } });
    assert.equal((await currentConnector(ledger, 'one'))?.version, 3);
  });

  it('stores all or nothing', async () => {
    const before = await currentConnector(ledger, 'one');
    await assert.rejects(
      storeDocument(ledger, await documentOf({ one: 'mail', two: 'surname' }), ada),
      conflict(/connector two/),
    );
    assert.deepEqual(await currentConnector(ledger, 'one'), before);
  });

  it('refuses other settings for a target that another connector uses', async () => {
    const elsewhere = await documentOf({ one: 'department' }, 'https://elsewhere.acme.example');
    await assert.rejects(storeDocument(ledger, elsewhere, ada), conflict(/two uses the target wiki/));
  });
});
