import type { Display } from '../client/follow.ts';
import type { RunProgress } from '../core/progress.ts';
import type { Io } from './io.ts';

/** A bar on a terminal, a line for each step elsewhere, nothing when `quiet`. */
export const createDisplay = async (io: Io, quiet: boolean): Promise<Display> => {
  if (quiet) return { show: () => undefined, end: () => undefined };
  return io.live ? bar() : lines(io);
};

/** What a step is counted in, and how far it has come. */
const stand = (progress: RunProgress): { done: number; of: number | null; unit: string } => {
  if (progress.phase === 'plan' || progress.phase === 'judge') {
    return { done: progress.people.planned, of: progress.people.toPlan, unit: 'people' };
  }
  if (progress.phase === 'apply' || progress.phase === 'close') {
    return { done: progress.changes.decided, of: progress.changes.planned, unit: 'changes' };
  }
  return { done: progress.users.read, of: progress.users.expected, unit: 'people' };
};

/** A rate over less than this many seconds says nothing. */
const steadyAfter = 0.5;

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
  let phase = '';
  let since = 0;
  return {
    show: (progress) => {
      const { done, of, unit } = stand(progress);
      const isFirst = phase === '';
      if (progress.phase !== phase) {
        phase = progress.phase;
        since = progress.elapsedMs;
      }
      const seconds = (progress.elapsedMs - since) / 1000;
      const rate = seconds < steadyAfter ? 0 : done / seconds;
      const shown = {
        phase: phase.padEnd(8),
        unit,
        planned: progress.changes.planned,
        calls: progress.calls,
        rate: Math.round(rate),
        left: of === null || rate === 0 ? '?' : `${Math.ceil((of - done) / rate)} s`,
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
  const told = new Set<string>();
  return {
    show: (progress) => {
      for (const { party, since, said } of progress.waitingFor) {
        if (told.has(`${party} ${since}`)) continue;
        told.add(`${party} ${since}`);
        io.err(`waiting for ${party}: ${said}`);
      }
      if (progress.phase === phase) return;
      phase = progress.phase;
      const { done, of, unit } = stand(progress);
      io.err(`${phase}: ${done}${of === null ? '' : ` of ${of}`} ${unit}, ${progress.calls} requests so far`);
    },
    end: () => undefined,
  };
};
