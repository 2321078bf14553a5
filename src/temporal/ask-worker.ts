import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Failure, isFailureKind } from '../core/failure.ts';

/** How long a question may take to be started, and to be taken up by a worker. */
const startMs = 10_000;
const takenUpMs = 10_000;

/** How often it is looked after meanwhile. */
const lookMs = 2_500;

/** A question as a workflow: a key of the ledger in, another one out. */
export type Asked = {
  readonly type: string;
  readonly workflowId: string;
  readonly queue: string;
  readonly input: object;
  readonly summary: string;
  readonly priority: { readonly priorityKey: number };
  /** How long its answer may take. */
  readonly answeredMs: number;
};

/**
 * Runs a workflow somebody waits for; its failure is thrown as the `Failure` it began as. Throws `unavailable` within
 * seconds where no worker takes it up, and ends it: nobody waits for a later answer.
 */
export const askWorker = async (
  client: Client,
  { type, queue, input, summary, answeredMs, ...rest }: Asked,
): Promise<string> => {
  const handle = await client.connection.withDeadline(Date.now() + startMs, () =>
    client.workflow.start<(input: object) => Promise<string>>(type, {
      ...rest,
      args: [input],
      taskQueue: queue,
      staticSummary: summary,
      workflowExecutionTimeout: answeredMs,
    }),
  );
  const waiting = new AbortController();
  const answer = resultOf(handle, answeredMs);
  answer.catch(() => undefined);
  const givenUp = whileUnanswered(client, handle, answeredMs, waiting.signal);
  try {
    const end = await Promise.race([answer, givenUp]);
    if (typeof end === 'string') return end;
    await client.connection
      .withDeadline(Date.now() + lookMs, () => handle.terminate('nobody is waiting for the answer any more'))
      .catch(() => undefined);
    throw end;
  } finally {
    waiting.abort();
  }
};

const resultOf = async (
  handle: WorkflowHandle<(input: object) => Promise<string>>,
  answeredMs: number,
): Promise<string> => {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || error.cause === undefined) throw error;
    const type: unknown = Reflect.get(error.cause, 'type');
    if (error.cause.name === 'TimeoutFailure') throw tookTooLong(answeredMs);
    throw new Failure(isFailureKind(type) ? type : 'unavailable', error.cause.message);
  }
};

/** What to say of a question that is not taken up, or takes too long; it is settled by then at the latest. */
const whileUnanswered = async (
  client: Client,
  handle: WorkflowHandle<(input: object) => Promise<string>>,
  answeredMs: number,
  signal: AbortSignal,
): Promise<Failure> => {
  const since = performance.now();
  let isTakenUp = false;
  while (!signal.aborted) {
    await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    // Its start and its first task: what happened after that was a worker's doing.
    isTakenUp ||= await client.connection
      .withDeadline(Date.now() + lookMs, () => handle.describe())
      .then(({ historyLength }) => historyLength > 2)
      .catch(() => false);
    const waitedMs = performance.now() - since;
    if (waitedMs > answeredMs) break;
    if (!isTakenUp && waitedMs > takenUpMs) return notTakenUp();
  }
  return tookTooLong(answeredMs);
};

const notTakenUp = (): Failure =>
  new Failure('unavailable', 'No worker has taken up the question: nothing was read and nothing done.', {
    remedy: 'Start a worker (`attune serve` or `attune worker`); /readyz says whether one is running.',
  });

const tookTooLong = (answeredMs: number): Failure =>
  new Failure('unavailable', `The question was not answered within ${answeredMs / 1_000} seconds.`, {
    remedy: 'Its source or target may be very slow, or every worker may be busy: ask again later.',
  });
