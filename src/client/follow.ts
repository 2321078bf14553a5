import { setTimeout as sleep } from 'node:timers/promises';
import { ProgressWire, RunWire } from '../api/schemas/runs.ts';
import { type FailureKind, isFailure } from '../core/failure.ts';
import type { RunProgress } from '../core/report/progress.ts';
import type { Client } from './client.ts';

/** Shows the progress of a run; `end` leaves the screen in its final state. */
export type Display = { readonly show: (progress: RunProgress) => void; readonly end: () => void };

/** How often a stream is taken up again before the command gives up: quickly at first, for a run whose row is to come. */
const patience = { attempts: 30, quickAttempts: 5, quickMs: 200, everyMs: 1000 };

/** Temporary conditions: the API is being restarted, or the run that was just started is not in the ledger yet. */
const passing: ReadonlySet<FailureKind> = new Set(['unavailable', 'notFound']);

/** Follows a run to its end, through restarts of the API, and returns the run with its report. */
export const followRun = async (client: Client, id: string, display: Display): Promise<RunWire> => {
  const path = `/api/runs/${encodeURIComponent(id)}/events`;
  let broken = 0;
  try {
    for (;;) {
      try {
        for await (const event of events(client.stream(path))) {
          broken = 0;
          if (event.name === 'run') return RunWire.parse(event.data);
          if (event.name === 'progress') display.show(ProgressWire.parse(event.data));
        }
      } catch (error) {
        if (broken >= patience.attempts || (isFailure(error) && !passing.has(error.kind))) throw error;
      }
      broken += 1;
      await sleep(broken <= patience.quickAttempts ? patience.quickMs : patience.everyMs);
    }
  } finally {
    display.end();
  }
};

/** HTML Living Standard, 9.2: blocks of `event:` and `data:` lines, each closed by an empty line. */
async function* events(chunks: AsyncIterable<string>): AsyncGenerator<{ name: string; data: unknown }> {
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (name !== undefined && data !== undefined) yield { name, data: JSON.parse(data) };
    }
  }
}
