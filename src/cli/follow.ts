import { setTimeout as sleep } from 'node:timers/promises';
import type { RunProgress } from '../api/ports.ts';
import { ProgressWire, RunWire } from '../api/wire.ts';
import { isFailure } from '../core/failure.ts';
import type { Client } from './client.ts';

/** Shows where a run stands; `end` leaves the screen as it should stay. */
export type Display = { readonly show: (progress: RunProgress) => void; readonly end: () => void };

/** How often a broken stream is taken up again before the command gives up. */
const patience = { attempts: 30, everyMs: 1000 };

/** Follows a run to its end, through restarts of the API, and gives the run with its report. */
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
        if (broken >= patience.attempts || (isFailure(error) && error.kind !== 'unavailable')) throw error;
      }
      broken += 1;
      await sleep(patience.everyMs);
    }
  } finally {
    display.end();
  }
};

/** HTML Living Standard, 9.2: blocks of `event:` and `data:` lines, each closed by an empty line. */
export async function* events(chunks: AsyncIterable<string>): AsyncGenerator<{ name: string; data: unknown }> {
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
