import { DefaultLogger, Runtime } from '@temporalio/worker';

/** One line of Temporal's own log, of level WARN or ERROR. */
export type TemporalLine = {
  readonly isError: boolean;
  readonly text: string;
  readonly workflowId: unknown;
  readonly activityType: unknown;
  readonly error: unknown;
};

/**
 * Sends the log output of Temporal's runtime to the log of this process. Signals are left to whoever started the
 * worker: the runtime's own handlers would stop the worker alone and swallow the signal. Gives the end of the runtime,
 * which keeps a process alive that never got to a worker.
 */
export const installRuntime = (write: (line: TemporalLine) => void): (() => Promise<void>) => {
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) =>
    write({
      isError: level === 'ERROR',
      text: message,
      workflowId: meta?.workflowId,
      activityType: meta?.activityType,
      error: meta?.error,
    }),
  );
  Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging: { filter: 'error', forward: {} } } });
  return () => Runtime.instance().shutdown();
};
