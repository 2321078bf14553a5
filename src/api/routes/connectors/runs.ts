import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Failure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import { answerKey, claimKey, freeKey, type Repeat } from '../../../ledger/access/idempotency.ts';
import { namedConnector } from '../../../ledger/connectors.ts';
import type { Started } from '../../../temporal/starter-port.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { RunIntentWire, RunModeWire, StartedWire } from '../../schemas/runs.ts';

const Start = z
  .strictObject({
    user: z.string().trim().min(1).max(320).optional().describe('one person, by source id, login or mail'),
    mode: RunModeWire.optional().describe('default: full'),
    intent: RunIntentWire.optional().describe('default: apply'),
  })
  .refine((start) => start.user === undefined || start.mode === undefined, {
    message: 'a run of one person has no mode',
    path: ['user'],
  });
type Start = z.infer<typeof Start>;

const Headers = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional(),
});

/** Starts a run of a connector, for everybody or for one person. */
export const startRoutes = (app: Api, parts: ApiParts): void => {
  app.post(
    '/api/connectors/:id/runs',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'startRun',
        summary: 'Start a run',
        params: z.object({ id: z.string() }),
        headers: Headers,
        body: Start.nullish(),
        response: answers({ 202: StartedWire }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { who } = request;
      const key = request.headers['idempotency-key'];
      const body: Start = request.body ?? {};
      await namedConnector(parts.ledger, id);
      if (key === undefined) return accepted(reply, await start(parts, { id, who, body }));
      const repeat = await claimInTurn(parts.ledger, who, key, JSON.stringify([id, body]));
      if (repeat.kind === 'underWay') {
        throw new Failure('conflict', 'A request with this Idempotency-Key is still in progress.', {
          remedy: 'Repeat it with the same key a little later.',
        });
      }
      if (repeat.kind === 'other') {
        return sendProblem(reply, 'keyReused', 'Use a new Idempotency-Key for each new request.');
      }
      if (repeat.kind === 'answered') {
        return accepted(reply.header('idempotency-replayed', 'true'), repeat.started);
      }
      try {
        const started = await start(parts, { id, who, body, key });
        await answerKey(parts.ledger, who, key, started);
        return accepted(reply, started);
      } catch (error) {
        await freeKey(parts.ledger, who, key);
        throw error;
      }
    },
  );
};

/** How often, and how long in all, a request waits for the answer of the same one before it. */
const turns = { everyMs: 250, most: 480 };

const claimInTurn = async (ledger: ApiParts['ledger'], who: string, key: string, request: string): Promise<Repeat> => {
  for (let turn = 0; ; turn += 1) {
    const repeat = await claimKey(ledger, who, key, request);
    if (repeat.kind !== 'underWay' || turn >= turns.most) return repeat;
    await sleep(turns.everyMs);
  }
};

const start = async (
  { ledger, starter }: ApiParts,
  { id, who, body, key }: { id: string; who: string; body: Start; key?: string },
): Promise<Started> => {
  const started =
    body.user !== undefined
      ? await starter.startSyncUser({ connector: id, key: body.user, intent: body.intent ?? 'apply', who })
      : await starter.startFullSync({
          connector: id,
          mode: body.mode ?? 'full',
          intent: body.intent ?? 'apply',
          who,
          ...(key === undefined ? {} : { idempotencyKey: ledger.keyring.digest(`${who}\n${key}`).toString('hex') }),
        });
  await audit(ledger, { who, action: body.user === undefined ? 'run.start' : 'run.startPerson', subject: started.run });
  return started;
};

const accepted = (reply: FastifyReply, started: Started): FastifyReply =>
  reply
    .code(202)
    .header('location', `/api/runs/${encodeURIComponent(started.run)}`)
    .send({ run: started.run, workflowId: started.workflowId });
