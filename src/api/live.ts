import { setTimeout as sleep } from 'node:timers/promises';
import type { RunProgress } from '../core/report/progress.ts';
import { currentVersions } from '../ledger/connectors.ts';
import type { Ledger } from '../ledger/open.ts';
import { listRuns, type Run } from '../ledger/runs/runs.ts';
import type { LiveEventWire } from './schemas/events.ts';
import { runSummary } from './views/run.ts';

/** What is reported about the installation as it happens, to everybody who listens. */
export type Live = {
  /** Tells `listener` of everything from now on; the promise resolves, with a way to stop, once nothing more is missed. */
  readonly watch: (listener: (event: LiveEventWire) => void) => Promise<() => void>;
  readonly close: () => void;
};

/** How many of the newest runs are looked at: more than can end or be decided over between two looks. */
const looked = 60;

/** Looks at the ledger once every `everyMs` while somebody watches, however many do, and tells what has changed. */
export const openLive = (
  ledger: Ledger,
  progress: (run: string) => Promise<RunProgress | null>,
  everyMs: number,
): Live => {
  const listeners = new Set<(event: LiveEventWire) => void>();
  const closing = new AbortController();
  let seen = new Map<string, string>();
  let looking: Promise<void> | null = null;

  const look = async (): Promise<readonly LiveEventWire[]> => {
    const runs = await listRuns(ledger, { limit: looked });
    const events: LiveEventWire[] = [
      ...runs.map((run) => ({ event: 'run' as const, run: runSummary(run) })),
      ...(await currentVersions(ledger)).map((one) => ({ event: 'connector' as const, ...one })),
      { event: 'held', count: runs.filter(isHeld).length },
    ];
    for (const run of runs.filter(({ status }) => status === 'running')) {
      const found = await progress(run.id);
      if (found !== null) events.push({ event: 'progress', progress: found });
    }
    const now = new Map(events.map((event) => [keyOf(event), JSON.stringify(withoutClock(event))]));
    const fresh = events.filter((event) => seen.get(keyOf(event)) !== now.get(keyOf(event)));
    seen = now;
    return fresh;
  };

  const follow = async (): Promise<void> => {
    while (listeners.size > 0 && !closing.signal.aborted) {
      await sleep(everyMs, undefined, { signal: closing.signal }).catch(() => undefined);
      // A look that fails is made up for by the next one, which compares with what was told last.
      const fresh = closing.signal.aborted ? [] : await look().catch(() => []);
      for (const event of fresh) for (const tell of listeners) tell(event);
    }
    looking = null;
  };

  return {
    watch: async (listener) => {
      if (looking === null) await look();
      listeners.add(listener);
      looking ??= follow();
      return () => listeners.delete(listener);
    },
    close: () => closing.abort(),
  };
};

const isHeld = ({ status, planExpiresAt }: Run): boolean =>
  status === 'awaitingApproval' && planExpiresAt !== null && planExpiresAt.getTime() > Date.now();

const keyOf = (event: LiveEventWire): string => {
  if (event.event === 'run') return `run ${event.run.id}`;
  if (event.event === 'progress') return `progress ${event.progress.run}`;
  return event.event === 'connector' ? `connector ${event.id}` : 'held';
};

/** Progress without the passing time: a run without progress is not reported again. */
const withoutClock = (event: LiveEventWire): object =>
  event.event === 'progress' ? { ...event, progress: { ...event.progress, elapsedMs: 0 } } : event;
