import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';

const run = promisify(execFile);

/** The queue of all workflows and activities, the one the plain `temporal` CLI names. */
export const taskQueue = 'attune';

/** A running worker. `stop` lets activities end for a while, then cancels them. */
export type RunningWorker = { readonly stop: () => Promise<void>; readonly ended: Promise<void> };

/**
 * Bundles the workflows into a file, in a process of its own. It is made anew at each start, so that it never lags
 * behind the code.
 */
export const bundleWorkflows = async (file: string): Promise<string> => {
  const program = fileURLToPath(new URL('bundle.ts', import.meta.url));
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', program, file], {
    // It needs none of the secrets that this process may have been given.
    env: { PATH: process.env.PATH },
  });
  return file;
};

/** Starts a worker on a connection, with the activities given. */
export const startWorker = async (options: {
  connection: NativeConnection;
  namespace: string;
  bundle: string;
  activities: Activities;
  queue?: string;
}): Promise<RunningWorker> => {
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.queue ?? taskQueue,
    workflowBundle: { codePath: options.bundle },
    activities: options.activities,
    maxCachedWorkflows: 200,
    maxConcurrentActivityTaskExecutions: 20,
    maxConcurrentWorkflowTaskExecutions: 20,
    shutdownGraceTime: '3s',
    shutdownForceTime: '15s',
    maxHeartbeatThrottleInterval: '5s',
  });
  const ended = worker.run();
  ended.catch(() => undefined);
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
};
