import { Context } from '@temporalio/activity';
import { type AnswerClass, answerClass, type Call, type CallKind, type RequestCount } from '../src/core/call.ts';
import { countRequests, type WorkDeps } from '../src/engine/work.ts';
import { asTemporalFailure } from './failure.ts';

/** How long a step that goes page by page works before it reports back. */
const sliceMs = 20_000;

/** How often a step says that it is alive; cancellation reaches it with the answer. */
const heartbeatMs = 4_000;

/**
 * What every activity needs around its call into the engine: heartbeats, cancellation, the count of HTTP requests (kept
 * even when the step fails, for a step that belongs to a run) and the translation of failures. `log` gets unexpected
 * errors.
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
  const calls = new Map<string, RequestCount>();
  const add = (kind: CallKind, answer: AnswerClass, requests: number): void => {
    const key = `${kind} ${answer}`;
    calls.set(key, { kind, answer, requests: (calls.get(key)?.requests ?? 0) + requests });
  };
  const call: Call = {
    signal: context.cancellationSignal,
    deadline: Date.now() + sliceMs,
    count: (kind) => {
      add(kind, 'none', 1);
      return (status) => {
        add(kind, 'none', -1);
        add(kind, answerClass(status), 1);
      };
    },
  };
  try {
    return await work(call);
  } catch (error) {
    const failure = asTemporalFailure(error);
    if (failure !== error && failure instanceof Error && 'type' in failure && failure.type === 'unexpected') log(error);
    throw failure;
  } finally {
    clearInterval(beat);
    if (at !== null) await countRequests({ ledger }, at, [...calls.values()]).catch(log);
  }
};
