import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import type { ApiParts } from '../../src/api/parts.ts';
import type { WhatIfWire } from '../../src/api/schemas/what-if.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { registerWhatIf } from '../../src/cli/commands/what-if.ts';
import { runProgram } from '../../src/cli/program.ts';
import { storeDocument } from '../../src/config/store-document.ts';
import { Failure } from '../../src/core/failure.ts';
import { currentConnector, storeConnector } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import type { Starter } from '../../src/temporal/starter-port.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('attune config, with a server', () => {
  let ledger: Ledger;
  let served: { url: string; close: () => Promise<void> };
  let directory = '';
  let follow: ApiParts['configured'] = async () => [];
  const asked: { readonly question: string; readonly about: object }[] = [];
  let impact = (): WhatIfWire => assert.fail('nobody asked for an impact');
  let closeDatabase = async (): Promise<void> => undefined;
  before(async () => {
    const fresh = await freshDatabase();
    ({ ledger } = fresh);
    closeDatabase = fresh.close;
    directory = await mkdtemp(join(tmpdir(), 'attune-versions-'));
    const { parts } = await apiParts(ledger);
    const starter: Starter = {
      ...parts.starter,
      ask: async (request) => {
        asked.push(request);
        return impact();
      },
    };
    served = await serveApi(
      { ...parts, starter, configured: async () => follow() },
      { host: '127.0.0.1', port: 0, dataDir: directory, token: undefined },
    );
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
    const tools = async () => ({ read: config.readDocument, schema: config.jsonSchema });
    const words = args[0] === 'what-if' ? args : ['config', ...args];
    const code = await runProgram(words, io, '1.0.0', (cli) => {
      registerConfig(cli, tools);
      registerWhatIf(cli, tools);
    });
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

  it('diff --impact and what-if tell what a document would make of everybody, and why they cannot', async () => {
    impact = () => ({
      ...{ connector: 'acme', version: 2, read: { run: 'run-7', at: '2026-11-20T02:00:00.000Z', people: 900 } },
      ...{ unread: [], figures: [] },
      targets: {
        'jira-eu': {
          ...{ planned: 12, unread: 0, unchanged: 888, unlinked: 0, outOfScope: 0, left: 0, skipped: 0, failed: 0 },
          ...{ matchesAnew: false, attributes: [] },
        },
      },
    });
    const told = await attune('diff', await file(renamed), '--impact');
    assert.equal(told.code, 0, told.err);
    assert.match(told.out, /differs from version 2[\s\S]*Something would be written for 12 people at jira-eu\./);
    assert.match(JSON.stringify(asked.splice(0)), /"question":"whatIf".*"userProperty":"Centre".*"Research"/);
    const json = JSON.parse((await attune('diff', await file(renamed), '--impact', '--json')).out);
    assert.equal(json.connectors[0].impact.targets['jira-eu'].planned, 12);
    assert.equal((await attune('diff', await file(documentWith()), '--impact')).out, 'acme: as stored (version 2)');

    const tried = await attune('what-if', 'acme', '--document', await file(renamed));
    assert.deepEqual([tried.code, /12/.test(tried.out)], [0, true], tried.err);
    const nobody = await attune('what-if', 'acne', '--document', await file(renamed));
    assert.deepEqual([nobody.code, /has no connector acne.*It has: acme/.test(nobody.err)], [1, true], nobody.err);
    assert.equal((await attune('what-if', 'acme')).code, 2, 'it names no document');

    impact = () => {
      throw new Failure('conflict', 'No read of everybody of acme is kept yet.');
    };
    const untold = await attune('diff', await file(renamed), '--impact');
    assert.deepEqual([untold.code, /cannot be told: No read of everybody/.test(untold.out)], [0, true], untold.err);
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

  it('apply tells which schedule of its own does not follow, and fails; one of another connector is not its matter', async () => {
    const schedule = 'attune/acme/full/0_4_*_*_*@Europe/Berlin';
    const message = 'Temporal refuses it: unknown time zone.';
    follow = async () => [{ connector: 'acme', schedule, message }];
    const refused = await attune('apply', await file(documentWith()));
    assert.equal(refused.code, 1);
    assert.match(
      refused.err,
      /acme: stored, but not every schedule is set\. attune\/acme\/full\/.*: Temporal refuses it/,
    );
    follow = async () => Promise.reject(new Error('no connection'));
    const silent = await attune('apply', await file(documentWith()));
    assert.equal(silent.code, 1);
    assert.match(silent.err, /Temporal does not answer/);
    follow = async () => [{ connector: 'other', schedule, message }];
    assert.equal((await attune('apply', await file(documentWith()))).code, 0);
  });

  it('rollback does not bring back what the scheduler refuses', async () => {
    const stored = await currentConnector(ledger, 'acme');
    assert.ok(stored);
    const text = JSON.stringify(stored.definition).replace('0 4 * * *', '0 4 L * *');
    const bad = { connector: 'acme', definition: JSON.parse(text), createdBy: 'an earlier release', comment: null };
    const version = await storeConnector(ledger, { ...bad, managedBy: 'api' });
    assert.equal((await attune('rollback', 'acme', '--to', String(stored.version))).code, 0);
    const refused = await attune('rollback', 'acme', '--to', String(version));
    assert.equal(refused.code, 1);
    assert.match(refused.err, /cannot be brought back[\s\S]*schedules\[0\]\.cron: .*"Last day" is not supported/);
  });

  it('a document with errors is sent nowhere', async () => {
    const { code, err } = await attune('apply', await file('connectors: []\n'));
    assert.equal(code, 1);
    assert.match(err, /cannot be used/);
  });
});
