import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { ApiParts } from '../../src/api/parts.ts';
import { RunEventWire } from '../../src/api/schemas/events.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import type { RunProgress } from '../../src/core/report/progress.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { seal } from '../../src/ledger/sealing/sealed.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('what a run does, over HTTP', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let served: { url: string; close: () => Promise<void> };
  let headers: Record<string, string> = {};
  let read = 0;
  let close = async (): Promise<void> => undefined;

  const progress = async (run: string): Promise<RunProgress> => ({
    run,
    connector: 'acme',
    status: 'running',
    phase: 'read',
    users: { read, expected: 10 },
    people: { toPlan: 0, planned: 0 },
    changes: { planned: 0, decided: 0 },
    calls: read,
    elapsedMs: performance.now(),
    waitedMs: 0,
    waitingFor: [],
  });

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts } = await apiParts(ledger, progress));
    headers = {
      authorization: `Bearer ${await addToken(ledger, { name: 'reader', can: ['read', 'values'], createdBy: 'test' })}`,
    };
    served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
  });
  after(async () => {
    await served.close();
    await close();
  });

  const follow = async function* (run: string): AsyncGenerator<{ name: string; data: { [key: string]: unknown } }> {
    const answer = await fetch(`${served.url}/api/runs/${run}/events`, { headers });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    assert.ok(answer.body);
    let rest = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (name === undefined || data === undefined) continue;
        const event = { event: name, ...JSON.parse(data) };
        assert.deepEqual(RunEventWire.parse(event), event, 'as the description of the API has it');
        yield { name, data: JSON.parse(data) };
      }
    }
  };

  it('is told as it goes on, each stand once, and ends with the report', async () => {
    await createRun(ledger, newRun('followed'));
    const seen: string[] = [];
    read = 1;
    for await (const { name, data } of follow('followed')) {
      seen.push(name === 'run' ? `run ${data.status}` : `${name} ${read}`);
      if (name === 'progress' && read < 3) read += 1;
      else if (name === 'progress') await finish(ledger, 'followed', 'done');
    }
    assert.deepEqual(seen, ['progress 1', 'progress 2', 'progress 3', 'run done']);
  });

  it('of a run that has ended is its report at once', async () => {
    await createRun(ledger, newRun('ended'));
    await finish(ledger, 'ended', 'doneWithFailures', { failures: { new: 2, known: 1 } });
    const events: { name: string; data: object }[] = [];
    for await (const event of follow('ended')) events.push(event);
    assert.equal(events.length, 1);
    assert.equal(events[0]?.name, 'run');
    assert.match(JSON.stringify(events[0]?.data), /"failures":\{"new":2,"known":1\}/);
  });

  it('does not keep the API from closing', async () => {
    await createRun(ledger, newRun('endless'));
    const other = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
    const answer = await fetch(`${other.url}/api/runs/endless/events`, { headers });
    const begun = performance.now();
    await other.close();
    assert.ok(performance.now() - begun < 2000);
    await answer.body?.cancel().catch(() => undefined);
  });

  it('of an unknown run is a problem, not a stream', async () => {
    const answer = await fetch(`${served.url}/api/runs/unknown/events`, { headers });
    assert.equal(answer.status, 404);
    assert.match(String(answer.headers.get('content-type')), /^application\/problem\+json/);
  });

  describe('value by value', () => {
    const page = async (query: string): Promise<{ changes: Record<string, unknown>[]; next: string | null }> => {
      const answer = await fetch(`${served.url}/api/runs/changing/changes?${query}`, { headers });
      assert.equal(answer.status, 200);
      return JSON.parse(await answer.text());
    };

    before(async () => {
      await createRun(ledger, newRun('changing'));
      for (const [index, target] of ['jira', 'jira', 'wiki', 'jira', 'wiki'].entries()) {
        const at = { run: 'changing', target, person: `person-${index % 2}`, attribute: `field:a${index}` };
        const value = seal(ledger, 'after', at, `Köln, "${index}"`);
        await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", status)
          values ('changing', ${target}, ${`person-${index % 2}`}, ${`field:a${index}`}, ${index}, null, ${value},
            false, ${index === 4 ? 'rejected' : 'applied'})`.execute(ledger.db);
      }
    });

    it('is paged through completely, in one order', async () => {
      const all = await page('limit=1000');
      assert.equal(all.changes.length, 5);
      assert.equal(all.next, null);
      const collected: unknown[] = [];
      let next: string | null = null;
      do {
        const part: Awaited<ReturnType<typeof page>> = await page(`limit=2${next === null ? '' : `&cursor=${next}`}`);
        assert.ok(part.changes.length <= 2);
        collected.push(...part.changes);
        ({ next } = part);
      } while (next !== null);
      assert.deepEqual(collected, all.changes);
      assert.deepEqual(all.changes[0], {
        target: 'jira',
        person: 'person-0',
        username: null,
        label: null,
        attribute: 'field:a0',
        before: null,
        after: 'Köln, "0"',
        foreign: false,
        status: 'applied',
        reason: null,
      });
    });

    it('is narrowed by target and status', async () => {
      assert.equal((await page('target=wiki')).changes.length, 2);
      assert.equal((await page('target=wiki&status=rejected')).changes.length, 1);
    });

    it('refuses a cursor it has not given', async () => {
      for (const cursor of ['x', Buffer.from('[1]').toString('base64url')]) {
        const answer = await fetch(`${served.url}/api/runs/changing/changes?cursor=${cursor}`, { headers });
        assert.equal(answer.status, 400);
        assert.match(await answer.text(), /querystring\.cursor/);
      }
    });
  });
});
