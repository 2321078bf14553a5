import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import type { Preview } from '../../console/src/preview/preview.ts';
import { keepLeavers } from '../../src/core/leavers.ts';
import { compileMapping } from '../../src/core/mapping/compile.ts';
import type { MappingSettings } from '../../src/core/mapping/settings.ts';
import type { AttributeId } from '../../src/core/profile.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { accountText } from '../../src/engine/account-text.ts';
import type { OpenConnector } from '../../src/engine/connector.ts';
import { linkBasis } from '../../src/engine/digest.ts';
import { explainUser, type TargetExplanation } from '../../src/engine/questions/explain.ts';
import { type Sample, samplePeople } from '../../src/engine/questions/sample.ts';
import { accountDigest, sealAccount } from '../../src/ledger/links/accounts.ts';
import { knownText } from '../../src/ledger/links/known-profile.ts';
import { seal } from '../../src/ledger/sealing/sealed.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { drawnAttributes, drawnHeld, drawnMapping, drawnRules } from '../fixtures/drawn-mappings.ts';
import { defaultGuard, openTarget } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';
import { startChromium } from './chromium.ts';

const documents = 500;
const peopleEach = 20;
/** How many documents are carried to the browser at once. */
const atOnce = 50;
const target = 'jira';

const drawn = <T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] =>
  fc.sample(arbitrary, { numRuns: count, seed });

describe('the preview, in a browser', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let browser: Browser;
  let page: Page;
  let close = (): void => undefined;

  before(async () => {
    database = await freshDatabase();
    // The program as it was built, served as it is: what runs beside the page of a mapping.
    const assets = new URL('../../console/dist/assets/', import.meta.url);
    const [name = ''] = (await readdir(assets)).filter((one) => /^worker-.*\.js$/.test(one));
    const program = await readFile(new URL(name, assets));
    const server = createServer((request, answer) => {
      answer.setHeader('content-type', request.url === '/worker.js' ? 'text/javascript' : 'text/html');
      answer.end(request.url === '/worker.js' ? program : '<!doctype html>');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    close = () => server.close();
    browser = await startChromium();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  after(async () => {
    await browser?.close();
    close();
    await database.close();
  });

  type Drawn = {
    readonly settings: MappingSettings;
    readonly sample: Pick<Sample, 'people' | 'rules'>;
    readonly told: ReadonlyMap<string, TargetExplanation>;
  };

  /** A document with its people: half of them linked, with what is remembered of their accounts. */
  const draw = async (document: number): Promise<Drawn> => {
    const { ledger } = database;
    const [mapping] = drawn(drawnMapping, 1, 7_000 + document);
    assert.ok(mapping);
    const settings: MappingSettings = {
      ...(mapping.scope === undefined ? {} : { scope: mapping.scope }),
      to: [{ target, match: [{ username: 'login' }], attributes: mapping.rows }],
    };
    const users: SourceUser[] = drawn(drawnAttributes, peopleEach, 9_000 + document).map((attributes, n) => ({
      id: `id-${n}`,
      attributes: { ...JSON.parse(JSON.stringify(attributes)), login: `u${n}`, name: `Person ${n}` },
    }));
    const accounts = users.map(({ id }, n) => ({
      key: `k-${document}-${id}`,
      username: `u${n}`,
      email: null,
      active: true,
    }));
    const jira = memoryTarget(accounts);
    const connector: OpenConnector = {
      id: `doc-${document}`,
      version: 1,
      source: memorySource(new Map(users.map((user) => [user.id, user])), 50).source,
      targets: new Map([[target, openTarget(target, { ...jira.target, attributes: drawnRules }, 100)]]),
      mapping: compileMapping(settings, { attributes: new Map([[target, drawnRules]]) }),
      guard: defaultGuard,
      patienceMs: 0,
      leavers: keepLeavers,
    };
    const basis = linkBasis(ledger, connector, target);
    const rows = drawn(drawnHeld, peopleEach, 11_000 + document).map((held, n) => {
      const [account, user] = [accounts[n], users[n]];
      assert.ok(account && user);
      const values = new Map(
        (Object.entries(held) as [AttributeId, string][])
          .filter(([, value]) => value !== '')
          .map(([attribute, value], at) => [attribute, { value, ours: (n + at) % 2 === 0 }]),
      );
      for (const [attribute, { value }] of values) jira.held.get(account.key)?.set(attribute, value);
      const digest = accountDigest(ledger, account.key);
      return {
        person: user.id,
        digest,
        account: sealAccount(ledger, target, { digest, text: accountText(account) }),
        values: seal(ledger, 'values', { target, person: user.id }, knownText(values)),
      };
    });
    await sql`insert into profile (connector, target, person, account_digest, account_sealed, values_sealed,
        link_basis, source_read_at, last_run)
      select ${connector.id}, ${target}, t.person, t.digest, t.account, t.held, ${basis}, now(), 'none'
      from unnest(${rows.map(({ person }) => person)}::text[], ${rows.map(({ digest }) => digest)}::bytea[],
        ${rows.map(({ account }) => account)}::bytea[], ${rows.map(({ values }) => values)}::bytea[])
        t(person, digest, account, held)`.execute(ledger.db);
    const asking = { ledger, connector, call: startCall({ waitsMs: 60_000 }).call };
    const { people, rules } = await samplePeople(asking, { size: 200, include: [], also: [] });
    assert.equal(people.length, peopleEach);
    const told = await Promise.all(
      users.map(async (user) => [user.id, (await explainUser(asking, user)).targets[target] ?? assert.fail()] as const),
    );
    return { settings, sample: { people, rules }, told: new Map(told) };
  };

  /** What the program beside the page makes of documents, one after the other. */
  const previews = (all: readonly Drawn[]): Promise<readonly Preview[]> =>
    page.evaluate(
      (wanted) =>
        new Promise<Preview[]>((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' });
          const found: Preview[] = [];
          const next = (): void => {
            const one = wanted[found.length];
            if (one === undefined) {
              worker.terminate();
              resolve(found);
              return;
            }
            worker.postMessage({ sample: one.sample });
            worker.postMessage({ run: found.length, settings: one.settings });
          };
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }) => {
            if (!('preview' in data)) return;
            found.push(data.preview);
            next();
          };
          next();
        }),
      all.map(({ settings, sample }) => ({ settings, sample })),
    );

  it(`M-6: is what explain says, for ${documents} mappings of ${peopleEach} people each`, async () => {
    const seen = new Map<string, number>();
    for (let from = 0; from < documents; from += atOnce) {
      const part: Drawn[] = [];
      for (let n = from; n < from + atOnce; n += 1) part.push(await draw(n));
      for (const [n, preview] of (await previews(part)).entries()) {
        const { told, sample } = part[n] ?? assert.fail();
        const where = `document ${from + n}`;
        if (!preview.ok) assert.fail(`${where}: ${preview.message}`);
        for (const [at, { person }] of sample.people.entries()) {
          const end = preview.ends[at]?.[target] ?? assert.fail();
          const { outcome, sentence, attributes } = told.get(person) ?? assert.fail();
          seen.set(end.kind, (seen.get(end.kind) ?? 0) + 1);
          if (end.kind !== 'mapped') {
            assert.deepEqual([end.kind, end.reason], [outcome, sentence], `${where}, ${person}`);
            continue;
          }
          assert.deepEqual(
            end.values.map(({ attribute, before, after, decision, why }) => [attribute, before, after, decision, why]),
            attributes.map(({ attribute, before, after, decision, why }) => [attribute, before, after, decision, why]),
            `${where}, ${person}`,
          );
          for (const { decision } of end.values) seen.set(decision, (seen.get(decision) ?? 0) + 1);
        }
      }
    }
    // All kinds of ends and decisions were among them, or it proves little.
    for (const kind of ['mapped', 'outOfScope', 'skipped', 'failed', 'set', 'clear', 'adopt', 'same', 'keep']) {
      assert.ok((seen.get(kind) ?? 0) > 20, `${kind}: ${seen.get(kind)}`);
    }
  });
});
