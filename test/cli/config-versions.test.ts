import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { serveApi } from '../../src/api/serve-api.ts';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { runProgram } from '../../src/cli/program.ts';
import { storeDocument } from '../../src/config/store-document.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('attune config, with a server', () => {
  let ledger: Ledger;
  let served: { url: string; close: () => Promise<void> };
  let directory = '';
  let closeDatabase = async (): Promise<void> => undefined;
  before(async () => {
    const fresh = await freshDatabase();
    ({ ledger } = fresh);
    closeDatabase = fresh.close;
    directory = await mkdtemp(join(tmpdir(), 'attune-versions-'));
    const { parts } = await apiParts(ledger);
    served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: directory, token: undefined });
    await writeFile(join(directory, 'cost-centers.csv'), 'code,name\n4711,Research\n');
    const { document } = await config.readDocument(documentWith(), { baseDir: directory });
    assert.ok(document);
    await storeDocument(ledger, document, { who: 'file', comment: null, managedBy: 'file' });
  });
  after(async () => {
    await served.close();
    await rm(directory, { recursive: true });
    await closeDatabase();
  });

  const attune = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const env = { ATTUNE_DATA_DIR: directory };
    const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), env, live: false };
    const code = await runProgram(['config', ...args], io, '1.0.0', (cli) =>
      registerConfig(cli, async () => ({
        read: (text, place) => config.readDocument(text, place),
        schema: config.jsonSchema,
      })),
    );
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const file = async (text: string): Promise<string> => {
    const path = join(directory, 'attune.yaml');
    await writeFile(path, text);
    return path;
  };
  const renamed = documentWith({ '- userProperty: Cost center': '- userProperty: Centre' });

  it('apply refuses what stands in the file of the server, until it is imported', async () => {
    const refused = await attune('apply', await file(renamed));
    assert.equal(refused.code, 1);
    assert.match(refused.err, /attune config import acme/);
    assert.equal((await attune('import', 'acme')).out, 'acme: managed by api');
  });

  it('diff shows the rows that differ by their names', async () => {
    const { code, out } = await attune('diff', await file(renamed));
    assert.equal(code, 0);
    assert.match(out, /^acme: differs from version 2\n/);
    assert.match(out, /to\[jira-eu\]\.attributes\[userProperty:Cost center\]\n {4}- /);
    assert.match(out, /to\[jira-eu\]\.attributes\[userProperty:Centre\]\n {4}\+ /);
  });

  it('apply stores a version with its table, and history tells of it', async () => {
    const applied = await attune('apply', await file(renamed), '--comment', 'as the board says it');
    assert.equal(applied.code, 0, applied.err);
    assert.match(applied.out, /acme +3 +changed/);
    const { out } = await attune('history', 'acme');
    assert.match(out, /3 .* local +as the board says it\n +2 .* file/);
    assert.match((await attune('apply', await file(renamed))).out, /acme +3 +unchanged/);
  });

  it('export prints a document that stores the same version again', async () => {
    const { out } = await attune('export');
    const exported: { connectors: { guard: { changedPeople: unknown } }[] } = parse(out);
    assert.deepEqual(exported.connectors[0]?.guard.changedPeople, ['10%', 1000]);
    assert.match(out, /"?4711"?: Research/);
    assert.match((await attune('apply', await file(out))).out, /acme +3 +unchanged/);
    assert.match((await attune('diff', await file(stringify(exported)))).out, /acme: as stored \(version 3\)/);
  });

  it('rollback brings an earlier version back as a new one', async () => {
    assert.equal((await attune('rollback', 'acme', '--to', '2')).out, 'acme: version 4 is version 2 again');
    assert.match((await attune('diff', await file(documentWith()))).out, /as stored \(version 4\)/);
    assert.equal((await attune('rollback', 'acme', '--to', 'two')).code, 2);
  });

  it('a document with errors is sent nowhere', async () => {
    const { code, err } = await attune('apply', await file('connectors: []\n'));
    assert.equal(code, 1);
    assert.match(err, /cannot be used/);
  });
});
