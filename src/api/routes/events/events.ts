import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { stillSignedIn } from '../../auth.ts';
import { openLive } from '../../live.ts';
import { type Api, type ApiParts, streams } from '../../parts.ts';
import { LiveEventWire } from '../../schemas/events.ts';

/** How often a stream is kept open by a comment, and looked at whether its session still holds. */
const checkMs = 5_000;
/** What may wait for a reader that does not read; its console asks for everything again when it comes back. */
const mostWaiting = 1024 * 1024;

/** Streams what happens in the whole installation: one stream for all a console shows. */
export const liveRoutes = (app: Api, parts: ApiParts): void => {
  const { ledger, progress, eventsEveryMs } = parts;
  const live = openLive(ledger, progress, eventsEveryMs);
  const closing = new AbortController();
  app.addHook('preClose', async () => {
    closing.abort();
    live.close();
  });

  const keep = async (request: FastifyRequest, stream: PassThrough): Promise<void> => {
    while (!stream.destroyed && !closing.signal.aborted) {
      await sleep(checkMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (stream.destroyed || !(await stillSignedIn(ledger, request).catch(() => true))) break;
      stream.write(':\n\n');
    }
    stream.end();
  };

  app.get(
    '/api/events',
    {
      config: { can: 'read' },
      schema: {
        operationId: 'followEvents',
        summary:
          'Follow everything (server-sent events): `ready` once nothing can be missed, then `run`, `progress`, `connector` and `held` as they change',
        response: streams(LiveEventWire),
      },
    },
    async (request, reply) => {
      const stream = new PassThrough();
      const stop = await live.watch((event) => {
        if (stream.writableLength > mostWaiting) stream.destroy();
        else if (stream.writable) stream.write(textOf(event));
      });
      stream.on('close', stop);
      stream.write(textOf({ event: 'ready' }));
      void keep(request, stream);
      return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(stream);
    },
  );
};

/** HTML Living Standard, 9.2: event streams. */
const textOf = ({ event, ...data }: LiveEventWire): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
