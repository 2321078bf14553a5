import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepRunning, type Part } from '../../src/embedded/keep-running.ts';

/** Parts that end when told to, and whether each was stopped. */
const parts = () => {
  const made: { end: () => void; stopped: boolean; frozen: boolean }[] = [];
  const start = async (): Promise<Part> => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const part = { end, stopped: false, frozen: false };
    made.push(part);
    return {
      ended,
      answers: async () => !part.frozen,
      stop: async () => {
        part.stopped = true;
        end();
      },
    };
  };
  return { made, start };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a server that Attune runs itself', () => {
  it('is started again when it ends, with a word each time, and given up after three times', async () => {
    const { made, start } = parts();
    const said: string[] = [];
    const { givenUp } = await keepRunning('The part', start, (text) => said.push(text));
    for (let ends = 1; ends <= 4; ends += 1) {
      made.at(-1)?.end();
      await turn();
    }
    assert.equal(made.length, 4);
    assert.deepEqual(
      said,
      [1, 2, 3].map((time) => `The part ended unexpectedly and is being started again (${time} of at most 3 times).`),
    );
    await assert.rejects(givenUp, /The part keeps ending unexpectedly, so Attune stops too/);
  });

  it('is ended and started again when it answers nobody any more, but not for one answer that fails', async () => {
    const { made, start } = parts();
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const { stop } = await keepRunning('The part', start, say, undefined, { everyMs: 1, answerMs: 1, most: 3 });
    const [first] = made;
    assert.ok(first);
    first.frozen = true;
    while (made.length < 2) await turn();
    assert.ok(first.stopped);
    assert.match(said.join(' '), /The part is running but has not answered.*started again \(1 of at most 3 times\)/);
    await stop();
    assert.equal(made.length, 2);
  });

  it('is not given up for ends that lie further apart', async () => {
    const { made, start } = parts();
    const { stop } = await keepRunning('The part', start, () => undefined, { times: 1, withinMs: -1 });
    for (let ends = 1; ends <= 5; ends += 1) {
      made.at(-1)?.end();
      await turn();
    }
    assert.equal(made.length, 6);
    await stop();
    assert.ok(made.at(-1)?.stopped);
  });

  it('stays ended once it is stopped, also in the middle of a restart', async () => {
    const { made, start } = parts();
    const { promise: until, resolve: go } = Promise.withResolvers<void>();
    const slow = async () => {
      if (made.length > 0) await until;
      return start();
    };
    const { stop } = await keepRunning('The part', slow, () => undefined);
    made[0]?.end();
    await turn();
    const stopped = stop();
    go();
    await stopped;
    assert.deepEqual(
      made.map((part) => part.stopped),
      [true, true],
    );
    await turn();
    assert.equal(made.length, 2);
  });
});
