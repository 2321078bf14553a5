import type { BrowserContext } from 'playwright-core';
import type { RunProgress } from '../../src/core/report/progress.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { type Figure, since } from './figure.ts';

/** A run that goes on as far as it is told to. */
export const openRun = () => {
  let decided = 0;
  return {
    goOn: (to: number): void => {
      decided = to;
    },
    progress: async (run: string): Promise<RunProgress> => ({
      run,
      connector: 'acme',
      status: 'running',
      phase: 'apply',
      users: { read: 100_000, expected: null },
      people: { toPlan: 100_000, planned: 100_000 },
      changes: { planned: 100_000, decided },
      calls: 0,
      elapsedMs: decided,
      waitedMs: 0,
      waitingFor: [],
    }),
  };
};

/** How old the progress of a run is at most when a page shows it. */
export const runPage = async (
  context: BrowserContext,
  ledger: Ledger,
  { goOn }: Pick<ReturnType<typeof openRun>, 'goOn'>,
): Promise<Figure> => {
  await createRun(ledger, {
    ...{ id: 'going', workflowId: 'going', connector: 'acme', version: 1 },
    ...{ mode: 'full', intent: 'apply', person: null, startedBy: 'bench' },
  });
  const page = await context.newPage();
  await page.goto('/runs/going');
  await page.getByText('Live').waitFor();
  let oldest = 0;
  for (let step = 1; step <= 10; step += 1) {
    // At any moment between two looks of the server.
    await page.waitForTimeout(137 * step);
    goOn(step * 1_111);
    const shown = `${(step * 1_111).toLocaleString('en')} of 100,000 values`;
    oldest = Math.max(oldest, await since(() => page.getByRole('heading', { name: shown }).waitFor()));
  }
  await page.close();
  return { id: 'progress', what: 'the age of a run’s progress when it is shown', measured: oldest, most: 2, unit: 's' };
};
