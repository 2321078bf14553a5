import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { PlanWire } from '../../src/api/schemas/plans.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { runProgram } from '../../src/cli/program.ts';
import { abilities } from '../../src/core/abilities.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { type StoredChange, storeHeldPlan } from '../fixtures/plans.ts';

/** People of a large plan, in 40 kinds of which every tenth is foreign, and some who get a value for the first time. */
const size = 3_000;
const large: readonly StoredChange[] = Array.from({ length: size }, (_, n) => ({
  person: `id-${n}`,
  attribute: 'userProperty:Company',
  before: n % 3 === 0 ? null : `Company ${n % 40}`,
  after: n % 3 === 1 ? null : `=Department ${n % 40}`,
  foreign: n % 3 !== 0 && n % 10 === 0,
}));
const count = (of: (change: StoredChange) => boolean): number => large.filter(of).length;

describe('attune plan', () => {
  let ledger: Ledger;
  let env: Record<string, string> = {};
  let counting: Server;
  let requests: string[] = [];
  let close = async (): Promise<void> => undefined;
  before(async () => {
    const fresh = await freshDatabase();
    ({ ledger } = fresh);
    const { parts } = await apiParts(ledger);
    const token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
    const api = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
    // In between stands who counts.
    counting = createServer((request, response) => {
      requests.push(request.url ?? '');
      void fetch(new URL(request.url ?? '/', api.url), { headers: { authorization: `Bearer ${token}` } })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(await answer.text());
        })
        .catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
    const address = counting.address();
    assert.ok(typeof address === 'object' && address !== null);
    env = { ATTUNE_URL: `http://127.0.0.1:${address.port}`, ATTUNE_TOKEN: token };
    await storeHeldPlan(ledger, 'large', large);
    close = async () => {
      counting.closeAllConnections();
      counting.close();
      await api.close();
      await fresh.close();
    };
  });
  after(() => close());

  const attune = async (...args: readonly string[]) => {
    requests = [];
    const out: string[] = [];
    const err: string[] = [];
    const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), env, live: false };
    const code = await runProgram([...args], io, '1.2.3');
    assert.equal(code, 0, err.join('\n'));
    return out.join('\n');
  };

  it('asks twice, however large the plan is: for the plan, and for the kinds of its most telling attribute', async () => {
    const text = await attune('plan', 'large');
    assert.deepEqual(
      requests.map((url) => url.replace(/\?.*/, '')),
      ['/api/runs/large/plan', '/api/runs/large/changes/kinds'],
    );
    const [filled, replaced, cleared] = [
      count(({ before: was }) => was === null),
      count(({ before: was, after: is }) => was !== null && is !== null),
      count(({ after: is }) => is === null),
    ];
    const cells = [filled, replaced, cleared, count(({ foreign }) => foreign === true)].map((n) =>
      n.toLocaleString('en-US'),
    );
    assert.match(text, new RegExp(`^jira +userProperty:Company +${cells.join(' +')} +0 +exceeded$`, 'm'));
    const kinds = new Set(large.map(({ before: was, after: is }) => JSON.stringify([was, is])));
    const shown = text.split('\n').filter((line) => /^ +\d+ {2}("|\()/.test(line));
    const [, people = '', rest = ''] = /^ +([\d,]+) {2}in ([\d,]+) other kinds$/m.exec(text) ?? [];
    assert.equal(shown.length + Number(rest), kinds.size);
    const told = shown.reduce((sum, line) => sum + Number(/\d+/.exec(line)?.[0]), 0);
    assert.equal(told + Number(people.replace(',', '')), size);
  });

  it('lists every change once, page by page, and each filter those it means', async () => {
    const csv = (await attune('plan', 'large', '--csv')).split('\n');
    assert.equal(csv.length, size + 1);
    assert.equal(new Set(csv.map((line) => line.split(',')[1])).size, size + 1);
    assert.equal(requests.length, Math.ceil(size / 1_000), 'a thousand changes a request');
    assert.ok(
      csv.every((line) => !/,=/.test(line)),
      'no cell begins like a formula',
    );
    const lines = async (...filter: readonly string[]): Promise<number> =>
      (await attune('plan', 'large', '--csv', ...filter)).split('\n').length - 1;
    assert.equal(
      await lines('--kind', 'filled'),
      count(({ before: was }) => was === null),
    );
    assert.equal(
      await lines('--kind', 'cleared'),
      count(({ after: is }) => is === null),
    );
    assert.equal(
      await lines('--foreign'),
      count(({ foreign }) => foreign === true),
    );
    assert.equal(
      await lines('--ours', '--target', 'jira'),
      count(({ foreign }) => foreign !== true),
    );
    assert.equal(await lines('--person', 'id-7', '--attribute', 'userProperty:Company'), 1);
    const json = JSON.parse(await attune('plan', 'large', '--json'));
    assert.equal(PlanWire.parse(json).changes, size);
  });

  it('stays readable, with its changes, once it was rejected', async () => {
    await storeHeldPlan(ledger, 'rejected', large.slice(0, 9));
    await rejectPlan(ledger, { run: 'rejected', who: 'ann', comment: 'not so' });
    const text = await attune('plan', 'rejected');
    assert.match(text, /: rejected\.$/m);
    assert.match(text, /The plan was rejected by ann at .*: not so\./);
    assert.equal((await attune('plan', 'rejected', '--csv')).split('\n').length, 10);
  });
});
