import { Worker } from 'node:worker_threads';
import { Failure } from '../../core/failure.ts';
import type { Config, ReadDocument } from '../open-config.ts';
import type { Asked, Said } from './thread.ts';

/** Reading documents in a separate thread; `close` ends it. */
export type ApartReader = { readonly readPlain: Config['readPlain']; readonly close: () => Promise<void> };

/**
 * How long a whole document may take with all its examples, from the moment the thread begins with it; how many may wait
 * for their turn; and the thread's memory.
 */
export type ApartLimits = { readonly longestMs: number; readonly mostWaiting: number; readonly memoryMb: number };

/** How long a new thread may take to load, which on a busy machine is longer than a small document takes. */
const loadMs = 60_000;

const usual: ApartLimits = { longestMs: 20_000, mostWaiting: 8, memoryMb: 512 };

/**
 * Reads documents in a thread, one after the other: whoever sends one, with any number of examples and any expressions
 * in it, keeps neither the API nor a run waiting, and is answered within a bounded time. `entry` is the program of the
 * thread, which calls `answerInThread`.
 */
export const readApart = (entry: URL, limits: ApartLimits = usual): ApartReader => {
  let thread: Worker | null = null;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let asked = 0;

  const end = async (): Promise<void> => {
    const ended = thread;
    thread = null;
    await ended?.terminate();
  };

  const ask = async (value: unknown): Promise<ReadDocument> => {
    thread ??= startThread(entry, limits);
    asked += 1;
    const outcome = await answerOf(thread, { id: asked, value }, limits);
    if ('read' in outcome) return outcome.read;
    await end();
    return { document: null, problems: [outcome.problem] };
  };

  return {
    readPlain: async (value) => {
      if (waiting >= limits.mostWaiting) {
        throw new Failure('throttled', 'Too many documents are waiting to be checked.', {
          remedy: 'Try again in a moment.',
        });
      }
      waiting += 1;
      const turn = last.then(() => ask(value));
      last = turn.catch(() => undefined);
      return turn.finally(() => {
        waiting -= 1;
      });
    },
    close: end,
  };
};

const startThread = (entry: URL, { memoryMb }: ApartLimits): Worker => {
  const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  // A thread at rest keeps no process alive, and one that breaks is reported to who waits for it.
  thread.unref();
  thread.on('error', () => undefined);
  return thread;
};

type Outcome = { readonly read: ReadDocument } | { readonly problem: ReadDocument['problems'][number] };

/** The result of the thread for one document: its answer, or where it was when it ran out of time or memory. */
const answerOf = (thread: Worker, asked: Asked, { longestMs, memoryMb }: ApartLimits): Promise<Outcome> =>
  new Promise((resolve) => {
    let at = '';
    const settle = (outcome: Outcome): void => {
      clearTimeout(timer);
      thread.off('message', hear);
      thread.off('error', tooMuch);
      resolve(outcome);
    };
    const ended = (message: string): void =>
      settle({
        problem: { severity: 'error', path: at, message, remedy: 'Use fewer examples or simpler expressions.' },
      });
    const tooMuch = (): void => ended(`Checking the document took more than ${memoryMb} MB of memory and was stopped.`);
    const hear = (said: Said): void => {
      if (said.id !== asked.id) return;
      if ('begins' in said) {
        clearTimeout(timer);
        timer = endIn(longestMs);
      } else if ('at' in said) at = said.at;
      else if ('read' in said) settle({ read: said.read });
      else ended(`The document cannot be checked (${said.broken}).`);
    };
    const endIn = (ms: number): NodeJS.Timeout =>
      setTimeout(() => {
        ended(`Checking the document took longer than ${ms / 1_000} seconds and was stopped.`);
      }, ms);
    let timer = endIn(loadMs);
    thread.on('message', hear);
    thread.on('error', tooMuch);
    thread.postMessage(asked);
  });
