import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../core/failure.ts';

/**
 * A server process that Attune has started: `ended` settles when it is gone, whoever ended it; `answers` says whether it
 * answers within a time in milliseconds; `stop` ends it in order, or by force if it does not answer.
 */
export type Part = {
  readonly ended: Promise<void>;
  readonly answers: (withinMs: number) => Promise<boolean>;
  readonly stop: () => Promise<void>;
};

/** Told what happens to a part that is watched; a server's log. */
export type Say = (text: string) => void;

/** How often a part is started again, and within which time; after that it is given up. */
export type Restarts = { readonly times: number; readonly withinMs: number };

const usual: Restarts = { times: 3, withinMs: 600_000 };

/**
 * How often a part is asked for an answer, how long one may take, and how often in a row there may be none before the
 * part counts as frozen.
 */
export type Looks = { readonly everyMs: number; readonly answerMs: number; readonly most: number };

/** About a minute: a busy machine has slow answers, but not so many in a row. */
const usualLooks: Looks = { everyMs: 5_000, answerMs: 5_000, most: 5 };

/**
 * Starts a part, and starts it again whenever it ends unexpectedly or no longer answers, if `say` is given. `givenUp`
 * rejects once that has happened too often in too short a time; `stop` ends it for good, also in the middle of a
 * restart.
 */
export const keepRunning = async (
  name: string,
  start: () => Promise<Part>,
  say: Say | undefined,
  { times, withinMs }: Restarts = usual,
  { everyMs, answerMs, most }: Looks = usualLooks,
): Promise<{ readonly givenUp: Promise<never>; readonly stop: () => Promise<void> }> => {
  let part = await start();
  let isStopping = false;
  let starting: Promise<Part | null> = Promise.resolve(null);
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  givenUp.catch(() => undefined);
  const restarts: number[] = [];
  const again = async (): Promise<Part | null> => {
    while (!isStopping) {
      const now = performance.now();
      while (restarts[0] !== undefined && restarts[0] < now - withinMs) restarts.shift();
      if (say === undefined || restarts.length >= times) return null;
      restarts.push(now);
      say(`${name} ended unexpectedly and is being started again (${restarts.length} of at most ${times} times).`);
      try {
        return await start();
      } catch {
        await sleep(500);
      }
    }
    return null;
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      await part.ended;
      if (isStopping) return;
      starting = again();
      const next = await starting;
      if (isStopping) return;
      if (next === null) {
        reject(
          new Failure('unavailable', `${name} keeps ending unexpectedly, so Attune stops too.`, {
            remedy:
              'Look at its log in the data directory, and at the memory and disk of this machine, then start again.',
          }),
        );
        return;
      }
      part = next;
    }
  };
  const look = async (): Promise<void> => {
    for (let missed = 0; !isStopping; ) {
      await sleep(everyMs, undefined, { ref: false });
      const asked = part;
      const answered = isStopping || (await asked.answers(answerMs));
      missed = answered || asked !== part ? 0 : missed + 1;
      if (missed < most || isStopping) continue;
      missed = 0;
      say?.(`${name} is running but has not answered for a while, so it is being stopped.`);
      await asked.stop();
    }
  };
  void watch();
  if (say !== undefined) void look();
  return {
    givenUp,
    stop: async () => {
      isStopping = true;
      const last = await starting.catch(() => null);
      await Promise.all([part.stop(), last?.stop()]);
    },
  };
};
