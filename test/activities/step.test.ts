import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { createRequestCounter } from '../../activities/request-counter.ts';
import { step } from '../../activities/step.ts';
import type { Call, CallKind } from '../../src/core/call.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

/** The requests of a run as its report would count them, and those of the totals by their answers. */
const counted = async (run: string) => {
  const { rows } = await sql<Record<CallKind, number>>`select login, listing, read, write from run_calls
    where run = ${run}`.execute(ledger.db);
  const { rows: totals } = await sql<{ labels: string[]; total: number }>`select labels, total from running_total
    where name = 'requests' order by labels`.execute(ledger.db);
  return { calls: rows[0] ?? null, totals: totals.map(({ labels, total }) => [...labels.slice(1), total].join(' ')) };
};

/** Begins a step that goes on until it is let go. */
const begin = (run: string, send: (call: Call) => void) => {
  const held = Promise.withResolvers<void>();
  const work = async (call: Call): Promise<void> => {
    send(call);
    await held.promise;
  };
  const ended = new MockActivityEnvironment().run(() => step(ledger, { run, party: 'jira' }, () => undefined, work));
  return { ...held, ended };
};

test('requests are written down while a step goes on, so that a worker that is killed takes hardly any with it', async (t) => {
  await createRun(ledger, newRun('long'));
  const { resolve, ended } = begin('long', (call) => {
    call.count('login')?.(200);
    for (const status of [302, 302, 429, null]) call.count('write')?.(status);
    call.count('write');
  });
  t.after(() => resolve());
  while ((await counted('long')).calls === null) await sleep(20);
  assert.deepEqual(await counted('long'), {
    calls: { login: 1, listing: 0, read: 0, write: 4 },
    totals: ['login 2xx 1', 'write 3xx 2', 'write 429 1', 'write none 1'],
  });
  resolve();
  await ended;
  assert.deepEqual(await counted('long'), {
    calls: { login: 1, listing: 0, read: 0, write: 5 },
    totals: ['login 2xx 1', 'write 3xx 2', 'write 429 1', 'write none 2'],
  });
});

test('what a step that fails has sent is counted, and what could not be written down is not lost', async () => {
  await createRun(ledger, newRun('failing'));
  const { reject, ended } = begin('failing', (call) => void call.count('read')?.(500));
  reject(new Error('unforeseen'));
  await assert.rejects(ended);
  assert.deepEqual((await counted('failing')).calls, { login: 0, listing: 0, read: 1, write: 0 });
  const requests = createRequestCounter();
  requests.count('read')?.(200);
  const taken = requests.answered();
  requests.count('read')?.(200);
  requests.takeBack(taken);
  assert.deepEqual(requests.answered(), [{ kind: 'read', answer: '2xx', requests: 2 }]);
  assert.deepEqual(requests.all(), []);
});
