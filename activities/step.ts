import { Context } from '@temporalio/activity';
import type { Call, RequestCount } from '../src/core/call.ts';
import { countRequests, type WorkDeps } from '../src/engine/work.ts';
import { asTemporalFailure } from './failure.ts';
import { createRequestCounter } from './request-counter.ts';

/** How long a step that goes page by page works before it reports back. */
const sliceMs = 20_000;

/** How often a step says that it is alive; cancellation reaches it with the answer. */
const heartbeatMs = 4_000;

/** How often the requests so far are written down: a worker that is killed takes no more than these with it. */
const countsMs = 1_000;

/**
 * What every activity needs around its call into the engine: heartbeats, cancellation, the count of HTTP requests (for a
 * step that belongs to a run; kept while it goes on, and when it fails) and the translation of failures. `log` gets
 * unexpected errors.
 */
export const step = async <Result>(
  ledger: WorkDeps['ledger'],
  at: { run: string; party: string } | null,
  log: (error: unknown) => void,
  work: (call: Call) => Promise<Result>,
): Promise<Result> => {
  const context = Context.current();
  context.heartbeat();
  const beat = setInterval(() => context.heartbeat(), heartbeatMs);
  const requests = createRequestCounter();
  const keep = async (counts: readonly RequestCount[]): Promise<void> => {
    if (at !== null && counts.length > 0) await countRequests({ ledger }, at, counts);
  };
  let keeping: Promise<void> | null = null;
  const counting = setInterval(() => {
    if (keeping !== null) return;
    const counts = requests.answered();
    // What cannot be written down now is tried again each second, and told at the end if it never could.
    keeping = keep(counts)
      .catch(() => requests.takeBack(counts))
      .finally(() => {
        keeping = null;
      });
  }, countsMs);
  const call: Call = {
    signal: context.cancellationSignal,
    deadline: Date.now() + sliceMs,
    count: requests.count,
  };
  try {
    return await work(call);
  } catch (error) {
    const failure = asTemporalFailure(error);
    if (failure !== error && failure instanceof Error && 'type' in failure && failure.type === 'unexpected') log(error);
    throw failure;
  } finally {
    clearInterval(beat);
    clearInterval(counting);
    await keeping;
    await keep(requests.all()).catch(log);
  }
};
