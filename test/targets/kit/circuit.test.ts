import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, type FailureKind } from '../../../src/core/failure.ts';
import { newJar } from '../../../src/targets/atlassian/sign-in/cookies.ts';
import { withCircuit } from '../../../src/targets/kit/circuit.ts';
import { countingCall, standIn } from '../fixtures/product.ts';

const request = { method: 'GET', route: '/x', kind: 'read' } as const;

const product = () => {
  const state = { now: 0, answers: (): FailureKind | null => null };
  const { connection, seen } = standIn(() => {
    const kind = state.answers();
    if (kind !== null) throw new Failure(kind, 'no');
    return { status: 200 };
  });
  const guarded = withCircuit(connection.party, connection.send, () => state.now);
  const send = () => guarded(request, newJar(), countingCall().call);
  return { state, send, sent: () => seen.length };
};

test('after five failures in a row nothing is sent, then one request tries, and an answer closes the circuit', async () => {
  const { state, send, sent } = product();
  state.answers = () => 'unavailable';
  for (let n = 0; n < 40; n += 1) await assert.rejects(send(), { kind: 'unavailable' });
  assert.equal(sent(), 5);
  state.now = 15_000;
  await Promise.allSettled([send(), send(), send()]);
  assert.equal(sent(), 6);
  await assert.rejects(send(), /pauses its requests/);
  state.now = 30_000;
  state.answers = () => null;
  await send();
  await Promise.all([send(), send()]);
  assert.equal(sent(), 9);
});

test('failures with answers between them, and answers that refuse, do not open it', async () => {
  const { state, send, sent } = product();
  let n = 0;
  state.answers = () => {
    n += 1;
    return n % 3 === 0 ? 'rejected' : 'unavailable';
  };
  for (let count = 0; count < 30; count += 1) await assert.rejects(send());
  assert.equal(sent(), 30);
});

test('a trial request that is given up leaves the next one its turn', async () => {
  const { state, send, sent } = product();
  state.answers = () => 'unavailable';
  for (let n = 0; n < 5; n += 1) await assert.rejects(send());
  state.now = 15_000;
  state.answers = () => {
    throw new DOMException('given up', 'AbortError');
  };
  await assert.rejects(send(), { name: 'AbortError' });
  state.answers = () => null;
  await send();
  assert.equal(sent(), 7);
});
