import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createApi } from '../../src/api/create-api.ts';
import type { Api } from '../../src/api/parts.ts';
import { storeDocument } from '../../src/config/store-document.ts';
import { abilities } from '../../src/core/abilities.ts';
import { listAudit } from '../../src/ledger/access/audit.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { recordSeen } from '../../src/ledger/links/record-seen.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { config } from '../config/fixtures.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const attributes = [{ field: 'phone', from: 'mobilePhone' }];
const definitionOf = (rows: readonly object[] = attributes, id = 'corp') => ({
  connector: {
    id,
    source: { kind: 'entra', tenant: 'acme' },
    to: [{ target: 'wiki', match: [{ username: 'userPrincipalName' }], attributes: rows }],
  },
  targets: {
    wiki: {
      kind: 'confluence',
      url: 'https://wiki.acme.example',
      auth: { username: 'svc', password: { env: 'ATTUNE_SECRET_WIKI' } },
    },
  },
});
const documentOf = (rows?: readonly object[], id?: string) => {
  const { connector, targets } = definitionOf(rows, id);
  return { targets, connectors: [connector] };
};

describe('connectors edited over HTTP', () => {
  let ledger: Ledger;
  let api: Api;
  let token = '';
  let reader = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    api = await createApi((await apiParts(ledger)).parts);
    token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
    reader = await addToken(ledger, { name: 'reader', can: ['read'], createdBy: 'test' });
  });
  after(async () => {
    await api.close();
    await close();
  });

  const get = (url: string) => api.inject({ url, headers: { authorization: `Bearer ${token}` } });
  const send = (method: 'POST' | 'PUT', url: string, payload: object, headers: Record<string, string> = {}) =>
    api.inject({ method, url, payload, headers: { authorization: `Bearer ${token}`, ...headers } });
  const trail = async () => (await listAudit(ledger, 1)).map(({ action, subject }) => `${action} ${subject}`);
  const url = '/api/connectors/corp';

  it('a new one is stored with If-None-Match, a change with the version it was read at', async () => {
    const definition = definitionOf();
    assert.equal((await send('PUT', url, { definition })).statusCode, 428);
    const made = await send('PUT', url, { definition, comment: 'first' }, { 'if-none-match': '*' });
    assert.equal(made.statusCode, 201, made.body);
    assert.equal(made.headers.etag, '"1"');
    assert.equal((await send('PUT', url, { definition }, { 'if-none-match': '*' })).statusCode, 412);
    const changed = definitionOf([{ field: 'phone', from: 'officeLocation' }]);
    assert.equal((await send('PUT', url, { definition: changed }, { 'if-match': '"7"' })).statusCode, 412);
    const stored = await send('PUT', url, { definition: changed, comment: 'work' }, { 'if-match': '"1"' });
    assert.equal(stored.statusCode, 200, stored.body);
    assert.deepEqual([stored.json().version, stored.json().managedBy, stored.json().changedBy], [2, 'api', 'ada']);
    assert.deepEqual(await trail(), ['connector.store corp@2']);
    assert.equal((await get(url)).headers.etag, '"2"');
  });

  it('what is wrong is told all at once, with places in the definition, and nothing is stored', async () => {
    const definition = definitionOf([{ field: 'fax', from: '$uppercase(' }]);
    const answer = await send('PUT', url, { definition }, { 'if-match': '"2"' });
    assert.equal(answer.statusCode, 422);
    const places = answer.json().errors.map(({ path }: { path: string }) => path);
    assert.deepEqual(places, ['connector.to[0].attributes[0].field', 'connector.to[0].attributes[0].from']);
    assert.equal((await get(url)).json().version, 2);
    const checked = await send('POST', `${url}/validate`, { definition });
    assert.equal(checked.statusCode, 200);
    assert.equal(checked.json().ok, false);
    assert.equal(checked.json().problems.length, 2);
    assert.deepEqual((await send('POST', `${url}/validate`, { definition: definitionOf() })).json(), {
      ok: true,
      problems: [],
    });
  });

  it('a connector keeps its id, and a token that may only read stores nothing', async () => {
    const definition = definitionOf(attributes, 'other');
    const renamed = await send('PUT', url, { definition }, { 'if-match': '"2"' });
    assert.equal(renamed.statusCode, 422);
    assert.match(renamed.body, /connector\.id/);
    const denied = await send(
      'PUT',
      url,
      { definition: definitionOf() },
      { 'if-match': '"2"', authorization: `Bearer ${reader}` },
    );
    assert.equal(denied.statusCode, 403);
  });

  it('who may configure but not connect sends no secret anywhere else', async () => {
    const configuring = await addToken(ledger, { name: 'mapper', can: ['read', 'configure'], createdBy: 'test' });
    const as = (definition: object) =>
      send('PUT', url, { definition }, { 'if-match': '"2"', authorization: `Bearer ${configuring}` });
    const usual = definitionOf([{ field: 'phone', from: 'officeLocation' }]);
    const { connector, targets } = usual;
    const { wiki } = targets;
    const password = { env: 'ATTUNE_SECRET_OTHER' };
    const elsewhere: [string, object][] = [
      ['targets.wiki.url', { connector, targets: { wiki: { ...wiki, url: 'https://evil.example' } } }],
      ['targets.wiki.auth', { connector, targets: { wiki: { ...wiki, auth: { ...wiki.auth, password } } } }],
      ['targets.wiki.auth', { connector, targets: { wiki: { ...wiki, auth: { ...wiki.auth, with: 'basic' } } } }],
      ['targets.wiki.tls', { connector, targets: { wiki: { ...wiki, tls: { ca: { file: 'mine.pem' } } } } }],
      [
        'targets.other',
        {
          connector: { ...connector, to: [...connector.to, { ...connector.to[0], target: 'other' }] },
          targets: { wiki, other: { ...wiki, url: 'https://evil.example' } },
        },
      ],
      ['source.tenant', { connector: { ...connector, source: { ...connector.source, tenant: 'evil' } }, targets }],
    ];
    for (const [place, definition] of elsewhere) {
      const answer = await as(definition);
      assert.equal(answer.statusCode, 403, `${place} ${answer.body}`);
      assert.ok(answer.json().detail.includes(`corp: ${place}`), answer.body);
      const whole = { targets: Reflect.get(definition, 'targets'), connectors: [Reflect.get(definition, 'connector')] };
      const byDocument = await send(
        'PUT',
        '/api/document',
        { document: whole },
        { authorization: `Bearer ${configuring}` },
      );
      assert.equal(byDocument.statusCode, 403, place);
    }
    assert.equal((await get(url)).json().version, 2);
    const free = { ...wiki, inFlight: 2, never: ['root'] };
    assert.equal((await as({ connector, targets: { wiki: free } })).statusCode, 200);
    const back = await send('PUT', url, { definition: usual }, { 'if-match': '"3"' });
    assert.equal(back.statusCode, 200);
    const copy = documentOf([{ field: 'phone', from: 'officeLocation' }], 'copy');
    const copied = await send('PUT', '/api/document', { document: copy }, { authorization: `Bearer ${configuring}` });
    assert.equal(copied.statusCode, 200, 'a second connector may use what the first one does');
  });

  it('history tells who, when and why, and a rollback is a new version', async () => {
    const { versions } = (await get(`${url}/versions`)).json();
    assert.deepEqual(
      versions.map((one: { version: number; by: string; comment: string }) => [one.version, one.by, one.comment]),
      [
        [4, 'ada', null],
        [3, 'mapper', null],
        [2, 'ada', 'work'],
        [1, 'ada', 'first'],
      ],
    );
    const back = await send('POST', `${url}/rollback`, { to: 1 });
    assert.equal(back.statusCode, 200, back.body);
    assert.deepEqual([back.json().version, back.json().comment], [5, 'back to version 1']);
    assert.deepEqual(back.json().definition, (await get(`${url}/versions/1`)).json().definition);
    assert.equal((await send('POST', `${url}/rollback`, { to: 9 })).statusCode, 404);
  });

  it('what stands in the file is read-only until it is imported, and can be given back', async () => {
    const { document } = await config.readPlain(documentOf(attributes, 'filed'));
    assert.ok(document);
    await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
    const filed = '/api/connectors/filed';
    const definition = definitionOf([{ field: 'phone', from: 'faxNumber' }], 'filed');
    const refused = await send('PUT', filed, { definition }, { 'if-match': '"1"' });
    assert.equal(refused.statusCode, 409);
    assert.match(refused.json().detail, /attune config import filed/);
    assert.equal((await send('POST', `${filed}/import`, { to: 'api' })).json().managedBy, 'api');
    assert.equal((await send('PUT', filed, { definition }, { 'if-match': '"1"' })).statusCode, 200);
    assert.equal((await send('POST', `${filed}/import`, { to: 'file' })).json().managedBy, 'file');
    const { connectors } = await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
    assert.deepEqual(connectors, [{ id: 'filed', version: 3, is: 'changed' }]);
  });

  it('a whole document is stored, compared and exported', async () => {
    const rows = [
      { field: 'phone', from: 'mobilePhone' },
      { field: 'location', from: 'city' },
    ];
    const diff = await send('POST', '/api/document/diff', { document: documentOf(rows) });
    assert.equal(diff.statusCode, 200, diff.body);
    const [found] = diff.json().connectors;
    assert.deepEqual([found.id, found.version], ['corp', 5]);
    assert.deepEqual(
      found.differences.map(({ path, before }: { path: string; before: unknown }) => [path, before]),
      [['connector.to[wiki].attributes[field:location]', null]],
    );
    const applied = await send('PUT', '/api/document', { document: documentOf(rows), comment: 'where they sit' });
    assert.deepEqual(applied.json().connectors, [{ id: 'corp', version: 6, is: 'changed' }]);
    const wrong = await send('PUT', '/api/document', { document: { targets: {}, connectors: [] } });
    assert.equal(wrong.statusCode, 422);
  });

  it('values of a removed row are orphans, which --clear-removed turns into rows that clear', async () => {
    const values = new Map([
      ['field:phone', { value: '1', ours: true }],
      ['field:location', { value: 'Ulm', ours: true }],
      ['field:website', { value: 'https://a.example', ours: false }],
    ] as const);
    const record = {
      account: { key: 'a', text: '{}' },
      basis: Buffer.from('x'),
      values,
      digest: null,
      read: { number: 1, at: new Date() },
    };
    const writer = { connector: 'corp', target: { id: 'wiki', basis: Buffer.from('x') }, run: 'r' };
    await recordSeen(ledger, writer, [{ ...record, person: '1', turn: null, replaces: false }]);
    const { connectors } = (await send('POST', '/api/document/diff', { document: documentOf() })).json();
    const orphan = { target: 'wiki', attribute: 'field:location', people: 1 };
    assert.deepEqual(connectors[0].orphans, [orphan]);
    const applied = await send('PUT', '/api/document', { document: documentOf(), clearRemoved: true });
    assert.equal(applied.statusCode, 200, applied.body);
    assert.deepEqual(applied.json().cleared, [{ connector: 'corp', ...orphan }]);
    const { definition } = (await get(url)).json();
    const [, added] = definition.connector.to[0].attributes;
    assert.deepEqual([added.field, added.from, added.whenEmpty], ['location', { constant: '' }, 'clearOurs']);
  });
});
