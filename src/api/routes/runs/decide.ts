import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { isFailure } from '../../../core/failure.ts';
import { audit } from '../../../ledger/access/audit.ts';
import type { Ledger } from '../../../ledger/open.ts';
import { approvePlan, rejectPlan, undecidable } from '../../../ledger/runs/decisions.ts';
import type { Run } from '../../../ledger/runs/runs.ts';
import { mustBeFourEyes } from '../../four-eyes.ts';
import { type Api, type ApiParts, answers } from '../../parts.ts';
import { sendProblem } from '../../problem.ts';
import { PlanPartWire } from '../../schemas/plans.ts';
import { ApprovedWire, RunSummaryWire } from '../../schemas/runs.ts';
import { staleness } from '../../views/plan.ts';
import { namedRun, runSummary } from '../../views/run.ts';

const params = z.object({ id: z.string() });
const comment = z.string().trim().min(1).max(500).optional();
const rejecting = z.strictObject({ comment }).nullish();
const approving = z
  .strictObject({
    comment,
    without: z.array(PlanPartWire).max(200).optional().describe('the parts of the plan to leave out'),
  })
  .nullish();

const headers = z.object({
  'if-match': z
    .string()
    .regex(/^"[0-9a-f]{64}"$/, 'must be the digest of the plan in double quotes')
    .optional()
    .describe('the digest of the plan you looked at; any other plan is not decided on (412)'),
});

/** The plan a decision is about, as its sender has seen it; null for whichever the run holds. */
const seenDigest = (given: z.infer<typeof headers>): string | null => given['if-match']?.slice(1, -1) ?? null;

/** Answers a decision over a plan that is not the one its sender has seen, or that nobody can decide over any more. */
const otherPlan = async (reply: FastifyReply, { ledger }: ApiParts, seen: Run): Promise<FastifyReply> => {
  const run = await namedRun(ledger, seen.id);
  const { sentence } = await undecidable(ledger, run.id);
  const waits = run.status === 'awaitingApproval' || run.status === 'planned';
  const other = waits && (run.planExpiresAt === null || run.planExpiresAt.getTime() > Date.now());
  const detail = other ? 'The run now holds a different plan from the one you saw. Look at it again.' : sentence;
  if (run.planDigest !== null) reply.header('etag', `"${run.planDigest}"`);
  return sendProblem(reply, 'conflict', detail, { status: 412 });
};

/** Decides on a run: approves or rejects its held plan, or ends it while it is running. */
export const decideRoutes = (app: Api, parts: ApiParts): void => {
  const { ledger, starter } = parts;
  app.post(
    '/api/runs/:id/approve',
    {
      config: { can: 'approve' },
      schema: {
        operationId: 'approveRun',
        summary: 'Approve a held plan, in full or without some parts; it is applied as soon as its connector is free',
        params,
        headers,
        body: approving,
        response: answers({ 202: ApprovedWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      const { id, workflowId } = run;
      const { comment = null, without = [] } = request.body ?? {};
      const digest = seenDigest(request.headers);
      await mustBeFourEyes(parts, run, who);
      try {
        await approvePlan(ledger, { run: id, who, comment, digest, without });
      } catch (error) {
        if (digest === null || !isFailure(error) || error.kind !== 'conflict') throw error;
        return otherPlan(reply, parts, run);
      }
      await audit(ledger, { who, action: 'run.approve', subject: id, comment: withParts(comment, without) });
      // The decision is final from here on: if the workflow of a plan could not be started, the janitor starts it.
      const started = await starter.startApplyPlan({ run: id }).catch((error: unknown) => {
        const name = error instanceof Error ? error.name : 'unknown';
        request.log.warn(
          { run: id, error: name },
          'An approved plan has not been started yet; a worker will start it.',
        );
        return { run: id, workflowId };
      });
      return reply
        .code(202)
        .header('location', `/api/runs/${encodeURIComponent(id)}`)
        .send({ run: id, workflowId: started.workflowId, notes: await outdated(ledger, run) });
    },
  );

  app.post(
    '/api/runs/:id/reject',
    {
      config: { can: 'approve' },
      schema: {
        operationId: 'rejectRun',
        summary: 'Reject a held plan for good',
        params,
        headers,
        body: rejecting,
        response: answers({ 200: RunSummaryWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      const comment = request.body?.comment ?? null;
      const digest = seenDigest(request.headers);
      try {
        await rejectPlan(ledger, { run: run.id, who, comment, digest });
      } catch (error) {
        if (digest === null || !isFailure(error) || error.kind !== 'conflict') throw error;
        return otherPlan(reply, parts, run);
      }
      await audit(ledger, { who, action: 'run.reject', subject: run.id, comment });
      const { connector, mode } = run;
      const sentence = `Rejected by ${who}: nothing in it is written.`;
      request.log.info({ connector, run: run.id, mode, status: 'rejected', sentence, remedy: null }, 'run ended');
      return runSummary(await namedRun(ledger, run.id));
    },
  );

  app.post(
    '/api/runs/:id/cancel',
    {
      config: { can: 'run' },
      schema: {
        operationId: 'cancelRun',
        summary: 'End a running run',
        params,
        response: answers({ 202: RunSummaryWire }),
      },
    },
    async (request, reply) => {
      const { who } = request;
      const run = await namedRun(ledger, request.params.id);
      await starter.cancel({ run: run.id, who });
      await audit(ledger, { who, action: 'run.cancel', subject: run.id });
      return reply.code(202).send(runSummary(await namedRun(ledger, run.id)));
    },
  );
};

/** What whoever lets a plan through should know: the document may have moved on since it was made. */
const outdated = async (ledger: Ledger, run: Run): Promise<string[]> => {
  const { version } = await staleness(ledger, run);
  if (version === null) return [];
  return [
    `The plan was made with version ${run.version} of ${run.connector}, and the current version is ${version}. The plan is applied as it was made; a new run plans with the current version.`,
  ];
};

/** What somebody said with a decision, and what they left out of it, as the audit keeps it. */
const withParts = (comment: string | null, without: readonly z.infer<typeof PlanPartWire>[]): string | null => {
  if (without.length === 0) return comment;
  const parts = without.map(({ target, attribute }) =>
    [target, attribute].filter((part) => part !== undefined).join(' '),
  );
  return [`without ${parts.join(', ')}`, ...(comment === null ? [] : [comment])].join(': ');
};
