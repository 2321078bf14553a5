import { type Logger, pino } from 'pino';
import { runEnd } from '../client/run-end.ts';
import { Failure, framesOf, isFailure } from '../core/failure.ts';
import type { Report } from '../core/report/report.ts';
import type { RunWait } from '../engine/patience.ts';
import type { TemporalLine } from '../temporal/runtime.ts';

/** A server's log: JSON lines on standard error, without any person's value. */
export type Log = {
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly failed: (text: string, error: unknown) => void;
  /** One line at the end of a run: what it was, how it ended, and what to do. */
  readonly ended: (report: Report) => void;
  /** One line when a run begins to wait for a party that is away. */
  readonly waits: (wait: RunWait) => void;
  /** What the API writes to. */
  readonly api: Logger;
  /** A line of Temporal's own log. */
  readonly temporal: (line: TemporalLine) => void;
};

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Opens the log of this process at ATTUNE_LOG_LEVEL. */
export const openLog = (env: NodeJS.ProcessEnv): Log => {
  const level = levels.find((each) => each === (env.ATTUNE_LOG_LEVEL ?? 'info'));
  if (level === undefined) {
    throw new Failure('config', 'ATTUNE_LOG_LEVEL is not a log level.', { remedy: `Use one of ${levels.join(', ')}.` });
  }
  const serializers = { err: (error: unknown) => ({ error: nameOf(error), frames: framesOf(error) }) };
  const lines = pino({ level, base: null, serializers, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return {
    info: (text) => lines.info(text),
    warn: (text) => lines.warn(text),
    failed: (text, error) => lines.error({ error: nameOf(error), frames: framesOf(error) }, text),
    ended: (report) => {
      const { connector, run, mode, status, durationMs } = report;
      const about = { connector, run, mode, status, seconds: Math.round(durationMs / 1000), ...runEnd(report) };
      lines[levelOf(report)](about, 'run ended');
    },
    waits: ({ run, party, said, upToMs }) =>
      lines.warn({ run, party, sentence: said, waitsUpToSeconds: Math.round(upToMs / 1_000) }, 'run waits'),
    api: lines.child({ part: 'api' }),
    temporal: ({ isError, text, error, ...about }) => {
      // A failed run has its own line that says why, and whoever asked a question got the answer.
      const told = text === 'Activity failed' || text === 'Workflow failed';
      lines[told ? 'debug' : isError ? 'error' : 'warn']({ ...about, error: nameOf(error) }, text);
    },
  };
};

/** What needs attention is logged at a higher level. Failures known from earlier runs do not count. */
const levelOf = ({ status, failures }: Report): 'info' | 'warn' | 'error' => {
  if (status === 'failed') return 'error';
  return status === 'awaitingApproval' || failures.new > 0 ? 'warn' : 'info';
};

/** A failure of ours has a safe sentence; the message of any other error may repeat a value and stays out. */
const nameOf = (error: unknown): string | undefined => {
  if (error === undefined) return undefined;
  if (isFailure(error)) return error.sentence;
  return error instanceof Error ? error.name : typeof error;
};
