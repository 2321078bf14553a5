import type { Display } from '../client/follow.ts';
import { paceOf, standOf } from '../client/pace.ts';
import type { RunProgress } from '../core/report/progress.ts';
import type { Io } from './io.ts';

/** A bar on a terminal, a line for each step and every ten seconds within one elsewhere, nothing when `quiet`. */
export const createDisplay = async (io: Io, quiet: boolean): Promise<Display> => {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return io.live ? bar() : lines(io);
};

/** How long a step may go on without a line where no bar can be drawn. */
const lineEveryMs = 10_000;

const bar = async (): Promise<Display> => {
  const { Presets, SingleBar } = await import('cli-progress');
  const drawn = new SingleBar(
    {
      format:
        '{phase} {bar} {value}/{total} {unit} · {planned} changes · {calls} requests · {rate}/s · {left} left{waiting}',
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      gracefulExit: true,
    },
    Presets.shades_classic,
  );
  let begun: RunProgress | null = null;
  return {
    show: (progress) => {
      const { done, of, unit } = standOf(progress);
      const isFirst = begun === null;
      if (begun?.phase !== progress.phase) begun = progress;
      const pace = paceOf(begun, progress);
      const shown = {
        phase: progress.phase.padEnd(8),
        unit,
        planned: progress.changes.planned,
        calls: progress.calls,
        rate: Math.round(pace?.rate ?? 0),
        left: pace === null || pace.left === null ? '?' : `${Math.ceil(pace.left)} s`,
        waiting: progress.waitingFor.map(({ party }) => ` · waiting for ${party}`).join(''),
      };
      if (isFirst) drawn.start(Math.max(1, of ?? done), done, shown);
      drawn.setTotal(Math.max(1, of ?? done));
      drawn.update(done, shown);
    },
    end: () => drawn.stop(),
  };
};

const lines = (io: Io): Display => {
  let phase = '';
  let shownAt = 0;
  const told = new Set<string>();
  return {
    show: (progress) => {
      for (const { party, since, said } of progress.waitingFor) {
        if (told.has(`${party} ${since}`)) continue;
        told.add(`${party} ${since}`);
        io.err(`waiting for ${party}: ${said} The run continues when it is back.`);
      }
      if (progress.phase === phase && progress.elapsedMs - shownAt < lineEveryMs) return;
      phase = progress.phase;
      shownAt = progress.elapsedMs;
      const { done, of, unit } = standOf(progress);
      io.err(`${phase}: ${done}${of === null ? '' : ` of ${of}`} ${unit}, ${progress.calls} requests so far`);
    },
    end: () => undefined,
  };
};
