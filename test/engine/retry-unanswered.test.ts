import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../../src/core/failure.ts';
import { retryUnanswered } from '../../src/engine/retry-unanswered.ts';
import { fails, startCall } from '../sources/fixtures.ts';

const silence = (waitMs = 1) => new Failure('unavailable', 'No answer.', { waitMs });

/** Work that fails as often as told, one after the other. */
const failing = (...failures: Failure[]) => {
  const met = { count: 0 };
  const work = async (): Promise<string> => {
    met.count += 1;
    const next = failures.shift();
    if (next !== undefined) throw next;
    return 'done';
  };
  return { met, work };
};

test('what got no answer is tried again, four times at most', async () => {
  const { call } = startCall();
  assert.equal(await retryUnanswered(call, failing(silence(), silence(), silence()).work), 'done');
  const lost = failing(silence(), silence(), silence(), silence());
  await fails(retryUnanswered(call, lost.work), 'unavailable', /No answer/);
  assert.equal(lost.met.count, 4);
});

test('once four in a row of one step got no answer, each further failure ends it at once; an answer starts anew', async () => {
  const { call } = startCall();
  await fails(
    retryUnanswered(call, failing(silence(), silence(), silence(), silence()).work),
    'unavailable',
    /No answer/,
  );
  const next = failing(silence());
  await fails(retryUnanswered(call, next.work), 'unavailable', /No answer/);
  assert.equal(next.met.count, 1);
  assert.equal(await retryUnanswered(call, failing().work), 'done');
  assert.equal(await retryUnanswered(call, failing(silence()).work), 'done');
  assert.equal(
    await retryUnanswered(startCall().call, failing(silence()).work),
    'done',
    'another step has its own count',
  );
});

test('a long wait, another failure and an abort are not waited out', async () => {
  const { call } = startCall();
  const long = failing(silence(10_000));
  await fails(retryUnanswered(call, long.work), 'unavailable', /No answer/);
  const refused = failing(new Failure('rejected', 'No.'));
  await fails(retryUnanswered(call, refused.work), 'rejected', /No/);
  assert.deepEqual([long.met.count, refused.met.count], [1, 1]);
  const stopped = new AbortController();
  const aborted = retryUnanswered(startCall({ signal: stopped.signal }).call, failing(silence(2_000)).work);
  stopped.abort();
  await assert.rejects(aborted, { name: 'AbortError' });
});
