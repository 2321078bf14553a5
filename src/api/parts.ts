import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Config } from '../config/open-config.ts';
import type { RunProgress } from '../core/report/progress.ts';
import type { ScheduleProblem } from '../core/schedules/schedule.ts';
import type { Ledger } from '../ledger/open.ts';
import type { Schedules, Starter } from '../temporal/starter-port.ts';
import { ProblemWire } from './schemas/problem.ts';

/** Asks a part the program depends on what is wrong with it, if anything; one that rejects does not answer. */
export type ReadyCheck = () => Promise<string | null>;

/** What the API needs of the rest of the program. */
export type ApiParts = {
  readonly ledger: Ledger;
  readonly starter: Starter;
  readonly schedules: Schedules;
  /** Reads and checks documents. */
  readonly config: Pick<Config, 'readPlain' | 'readDefinition' | 'requestsAt'>;
  /** Called after connectors were stored, so that the schedules follow; returns those that could not be set. */
  readonly configured: () => Promise<readonly ScheduleProblem[]>;
  readonly progress: (run: string) => Promise<RunProgress | null>;
  /** Asked by /readyz, by the name of the part. */
  readonly ready: Readonly<Record<string, ReadyCheck>>;
  readonly version: string;
  /** Which of its two servers Attune runs itself, from the data directory. */
  readonly embedded: { readonly database: boolean; readonly temporal: boolean };
  /** Where Temporal's own pages are, for the curious; null where that is not known. */
  readonly temporalUi: string | null;
  /** The folder of the built console; null serves no pages. */
  readonly console: string | null;
  /** How often the stream of a run's events looks for news. */
  readonly eventsEveryMs: number;
};

/** A Fastify server whose routes are typed by their zod schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The answers of a route that streams events (HTML Living Standard, 9.2), each of which is of this shape. */
export const streams = (event: z.ZodType): { readonly [status: string]: unknown } => ({
  200: {
    description: 'Server-sent events: `event` is the name of each, the other properties are its data, in JSON.',
    content: { 'text/event-stream': { schema: event } },
  },
  '4xx': ProblemWire,
  '5xx': ProblemWire,
});

/** The answers of a route: its own, and problem details for every refusal. */
export const answers = <T extends Record<number, z.ZodType>>(own: T) => ({
  ...own,
  '4xx': ProblemWire,
  '5xx': ProblemWire,
});
