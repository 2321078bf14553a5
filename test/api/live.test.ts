import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiParts } from '../../src/api/parts.ts';
import { LiveEventWire } from '../../src/api/schemas/events.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import type { RunProgress } from '../../src/core/report/progress.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { apiParts, finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('all that happens, over one stream', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let served: { url: string; close: () => Promise<void> };
  let headers: Record<string, string> = {};
  let read = 0;
  let looks = 0;
  let close = async (): Promise<void> => undefined;

  const progress = async (run: string): Promise<RunProgress> => {
    looks += 1;
    return {
      run,
      connector: 'acme',
      status: 'running',
      phase: 'read',
      users: { read, expected: 10 },
      people: { toPlan: 0, planned: 0 },
      changes: { planned: 0, decided: 0 },
      calls: 0,
      elapsedMs: performance.now(),
      waitedMs: 0,
      waitingFor: [],
    };
  };

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts } = await apiParts(ledger, progress));
    headers = {
      authorization: `Bearer ${await addToken(ledger, { name: 'reader', can: ['read'], createdBy: 'test' })}`,
    };
    served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
  });
  after(async () => {
    await served.close();
    await close();
  });

  type Told = { name: string; data: { [key: string]: unknown } };

  /** Opens the stream and notes what it tells, until ended. */
  const watch = async () => {
    const told: Told[] = [];
    const ending = new AbortController();
    const answer = await fetch(`${served.url}/api/events`, { headers, signal: ending.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream');
    const reading = (async () => {
      let rest = '';
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (name !== undefined && data !== undefined) told.push({ name, data: JSON.parse(data) });
        }
      }
    })().catch(() => undefined);
    const until = async (wanted: (one: Told) => boolean): Promise<Told> => {
      for (let waited = 0; waited < 5_000; waited += 5) {
        const found = told.find(wanted);
        if (found !== undefined) return found;
        await sleep(5);
      }
      throw new Error(`the stream told ${JSON.stringify(told)}`);
    };
    await until(({ name }) => name === 'ready');
    return {
      told,
      until,
      end: async () => {
        ending.abort();
        await reading;
        // As the description of the API has it: nothing more, nothing less.
        for (const { name, data } of told) {
          assert.deepEqual(LiveEventWire.parse({ event: name, ...data }), { event: name, ...data });
        }
      },
    };
  };

  const isRun =
    (id: string, status: string) =>
    ({ name, data }: Told) => {
      const run = data.run;
      return (
        name === 'run' &&
        typeof run === 'object' &&
        run !== null &&
        'id' in run &&
        run.id === id &&
        'status' in run &&
        run.status === status
      );
    };

  it('tells each change of a run, its progress and the plans that wait', async () => {
    const stream = await watch();
    await createRun(ledger, newRun('r1'));
    await stream.until(isRun('r1', 'running'));
    read = 4;
    await stream.until(({ name, data }) => name === 'progress' && JSON.stringify(data).includes('"read":4'));
    await finish(ledger, 'r1', 'awaitingApproval');
    await stream.until(isRun('r1', 'awaitingApproval'));
    await stream.until(({ name, data }) => name === 'held' && data.count === 1);
    await stream.end();
  });

  it('tells nothing again that stands as it stood', async () => {
    const stream = await watch();
    await createRun(ledger, newRun('r2'));
    await stream.until(isRun('r2', 'running'));
    const before = stream.told.length;
    const seen = looks;
    while (looks < seen + 5) await sleep(5);
    assert.deepEqual(
      stream.told.slice(before).filter(({ name }) => name !== 'progress'),
      [],
    );
    assert.ok(stream.told.slice(before).length <= 1, 'one progress at most, though time goes on');
    await finish(ledger, 'r2', 'done');
    await stream.until(isRun('r2', 'done'));
    await stream.end();
  });

  it('looks once for all who watch, and not at all when nobody does', async () => {
    const streams = await Promise.all([watch(), watch(), watch(), watch()]);
    await createRun(ledger, newRun('r3'));
    await Promise.all(streams.map(({ until }) => until(isRun('r3', 'running'))));
    // A run that goes on is looked at once in each look: four times as many would be four loops.
    const [from, began] = [looks, performance.now()];
    await sleep(parts.eventsEveryMs * 20);
    assert.ok(looks - from <= (performance.now() - began) / parts.eventsEveryMs + 1);
    await Promise.all(streams.map(({ end }) => end()));
    // The stop is noted at the next look at the latest.
    await sleep(200);
    const still = looks;
    await sleep(parts.eventsEveryMs * 10);
    assert.equal(looks, still);
    await finish(ledger, 'r3', 'done');
  });
});
