import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { tablesOfConnector } from '../../src/ledger/connector-life.ts';
import {
  connectorVersion,
  currentConnector,
  listConnectors,
  type NewConnectorVersion,
  storeConnector,
} from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('connectors', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const definition = (
    connector: string,
    scope: string,
    over: Partial<NewConnectorVersion> = {},
  ): NewConnectorVersion => ({
    connector,
    managedBy: 'file',
    definition: { scope, source: { kind: 'entra' } },
    createdBy: 'file',
    comment: null,
    ...over,
  });

  it('get a new version for each change, and keep all earlier ones', async () => {
    assert.equal(await storeConnector(ledger, definition('acme', 'a')), 1);
    assert.equal(await storeConnector(ledger, definition('acme', 'b', { createdBy: 'ada', comment: 'narrower' })), 2);
    const current = await currentConnector(ledger, 'acme');
    assert.equal(current?.version, 2);
    assert.equal(current?.createdBy, 'ada');
    assert.equal(current?.comment, 'narrower');
    assert.deepEqual((await connectorVersion(ledger, 'acme', 1))?.definition.scope, 'a');
  });

  it('get none for an unchanged definition, however its keys are ordered', async () => {
    await storeConnector(ledger, definition('same', 'a'));
    const reordered = { source: { kind: 'entra' }, scope: 'a' };
    assert.equal(await storeConnector(ledger, definition('same', 'a', { definition: reordered })), 1);
    assert.equal(await storeConnector(ledger, definition('same', 'a', { managedBy: 'api' })), 1);
    assert.equal((await currentConnector(ledger, 'same'))?.managedBy, 'api');
  });

  it('stored by several processes at once are numbered without a gap', async () => {
    const scopes = ['a', 'b', 'c', 'd', 'e'];
    const versions = await Promise.all(scopes.map((scope) => storeConnector(ledger, definition('race', scope))));
    assert.deepEqual(versions.toSorted(), [1, 2, 3, 4, 5]);
  });

  it('are listed by id, and are null when unknown', async () => {
    assert.deepEqual(
      (await listConnectors(ledger)).map(({ connector, version }) => [connector, version]),
      [
        ['acme', 2],
        ['race', 5],
        ['same', 1],
      ],
    );
    assert.equal(await currentConnector(ledger, 'unknown'), null);
    assert.equal(await connectorVersion(ledger, 'acme', 9), null);
  });

  it('stand in no table that a new name would not reach', async () => {
    const { rows } = await sql<{ table: string }>`select c.table_name as table from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.column_name = 'connector'
      order by 1`.execute(ledger.db);
    assert.deepEqual(
      rows.map(({ table }) => table),
      // The place in the provider's changes is forgotten, not renamed; the lock is nobody's while no run goes on.
      [...tablesOfConnector, 'run_lock', 'watermark'].sort(),
    );
  });
});
