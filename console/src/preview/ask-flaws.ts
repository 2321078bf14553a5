import type { Flaw } from '../../../src/core/expression/syntax.ts';
import { startWorker } from './start-worker.ts';
import type { FromWorker, ToWorker } from './worker.ts';

let worker: Worker | null = null;
let serial = 0;
const waiting = new Map<number, (flaws: readonly Flaw[]) => void>();

/** Everything wrong or doubtful in an expression, by the parser of every run, which lives in the preview's program. */
export const askFlaws = (text: string): Promise<readonly Flaw[]> =>
  new Promise((resolve) => {
    if (worker === null) {
      worker = startWorker();
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if (!('flaws' in data)) return;
        waiting.get(data.asked)?.(data.flaws);
        waiting.delete(data.asked);
      });
    }
    serial += 1;
    waiting.set(serial, resolve);
    const message: ToWorker = { asked: serial, expression: text };
    worker.postMessage(message);
  });
