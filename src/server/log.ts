import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { Failure, isFailure } from '../core/failure.ts';

/** A server's log: JSON lines on standard error, without any person's value. */
export type Log = {
  readonly info: (text: string) => void;
  readonly failed: (text: string, error: unknown) => void;
  /** Ends Temporal's runtime, which keeps a process alive that never got to a worker. */
  readonly close: () => Promise<void>;
};

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Opens the log of this process at ATTUNE_LOG_LEVEL, and sends Temporal's own warnings there too. */
export const openLog = (env: NodeJS.ProcessEnv): Log => {
  const level = levels.find((each) => each === (env.ATTUNE_LOG_LEVEL ?? 'info'));
  if (level === undefined) {
    throw new Failure('config', 'ATTUNE_LOG_LEVEL is not a level.', { remedy: `Give one of ${levels.join(', ')}.` });
  }
  const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const temporal = new DefaultLogger('WARN', ({ level: said, message, meta }) => {
    const about = { workflowId: meta?.workflowId, activityType: meta?.activityType, error: nameOf(meta?.error) };
    lines[said === 'ERROR' ? 'error' : 'warn'](about, message);
  });
  Runtime.install({ logger: temporal, telemetryOptions: { logging: { filter: 'error', forward: {} } } });
  return {
    info: (text) => lines.info(text),
    failed: (text, error) => lines.error({ error: nameOf(error), frames: framesOf(error) }, text),
    close: () => Runtime.instance().shutdown(),
  };
};

/** A failure of ours has a safe sentence; the message of any other error may repeat a value and stays out. */
const nameOf = (error: unknown): string | undefined => {
  if (error === undefined) return undefined;
  if (isFailure(error)) return error.sentence;
  return error instanceof Error ? error.name : typeof error;
};

const framesOf = (error: unknown): string[] =>
  error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];
