import { NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { Failure } from '../core/failure.ts';
import { type TemporalAddress, unreachable } from './connection.ts';
import { taskQueue } from './task-queue.ts';

/**
 * A running worker. `stop` lets activities end for a moment, then cancels them; whatever has not ended after that is left
 * to the next worker. `isPolling` tells whether it takes work.
 */
export type RunningWorker = {
  readonly stop: () => Promise<void>;
  readonly ended: Promise<void>;
  readonly isPolling: () => boolean;
};

/**
 * How long activities may continue after a worker was asked to stop, and how long it then waits for those it cancelled.
 */
const shutdown = { graceMs: 1_500, forceMs: 4_000 } as const;

/** Starts a worker with the activities given; `bundle` is the file of the workflows. */
export const startWorker = async (options: {
  address: TemporalAddress;
  bundle: string;
  activities: Activities;
  queue?: string;
}): Promise<RunningWorker> => {
  const { address } = options;
  const connection = await NativeConnection.connect(address.options).catch((cause: unknown) => {
    throw unreachable(address, cause);
  });
  const worker = await Worker.create({
    connection,
    namespace: address.namespace,
    taskQueue: options.queue ?? taskQueue,
    workflowBundle: { codePath: options.bundle },
    activities: options.activities,
    maxCachedWorkflows: 200,
    maxConcurrentActivityTaskExecutions: 20,
    maxConcurrentWorkflowTaskExecutions: 20,
    shutdownGraceTime: shutdown.graceMs,
    shutdownForceTime: shutdown.forceMs,
    maxHeartbeatThrottleInterval: '5s',
  });
  const ended = worker.run().catch((cause: unknown) => {
    throw new Failure('unavailable', 'The worker stopped unexpectedly.', {
      remedy: 'See its last lines in the log above, then start it again.',
      cause,
    });
  });
  ended.catch(() => undefined);
  return {
    ended,
    isPolling: () => worker.getState() === 'RUNNING',
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      try {
        await ended;
      } finally {
        await connection.close();
      }
    },
  };
};
