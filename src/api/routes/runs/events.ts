import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isUnfinished } from '../../../ledger/runs/ending.ts';
import { findRun } from '../../../ledger/runs/runs.ts';
import { type Api, type ApiParts, streams } from '../../parts.ts';
import { RunEventWire } from '../../schemas/events.ts';
import { namedRun, runSummary } from '../../views/run.ts';

const quietMs = 15_000;

/**
 * Streams a run's progress until it ends: `progress` events while it is running, one `run` event with its report at the
 * end.
 */
export const eventRoutes = (app: Api, parts: ApiParts): void => {
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());
  app.get(
    '/api/runs/:id/events',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'followRun',
        summary: 'Follow a run (server-sent events): `progress` while it is running, then `run` with its report',
        params: z.object({ id: z.string() }),
        response: streams(RunEventWire),
      },
    },
    async (request, reply) => {
      const run = await namedRun(parts.ledger, request.params.id);
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(events(parts, run.id, closing.signal), { objectMode: false }));
    },
  );
};

/** HTML Living Standard, 9.2: event streams. A comment keeps a quiet connection open. */
async function* events(parts: ApiParts, id: string, closing: AbortSignal): AsyncGenerator<string> {
  let last = '';
  let quietSince = performance.now();
  while (!closing.aborted) {
    const run = await findRun(parts.ledger, id);
    if (run === null) return;
    if (!isUnfinished(run)) {
      yield textOf({ event: 'run', ...runSummary(run), report: run.report, progress: null });
      return;
    }
    const progress = await parts.progress(id);
    const { elapsedMs: _, ...counts } = progress ?? { elapsedMs: 0 };
    const now = JSON.stringify(counts);
    if (progress !== null && now !== last) {
      yield textOf({ event: 'progress', ...progress });
      last = now;
      quietSince = performance.now();
    } else if (performance.now() - quietSince > quietMs) {
      yield ':\n\n';
      quietSince = performance.now();
    }
    await sleep(parts.eventsEveryMs, undefined, { signal: closing }).catch(() => undefined);
  }
}

const textOf = ({ event, ...data }: RunEventWire): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
