import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import { Failure, isFailureKind } from '../core/failure.ts';
import { questions } from '../core/questions.ts';
import type { RunIntent, RunMode } from '../core/report.ts';
import { closeRun } from '../engine/close.ts';
import { namedConnector } from '../ledger/connectors.ts';
import { putLookup, readLookup } from '../ledger/lookups.ts';
import type { Ledger } from '../ledger/open.ts';
import { askCancel } from '../ledger/runs/ending.ts';
import { createRun, findRun } from '../ledger/runs/runs.ts';
import { planWorkflowId, runWorkflows } from './run-workflows.ts';
import type { Started, Starter } from './starter-port.ts';

/** How long a login or mail waits in the ledger for the worker that turns it into an id. */
const lookupSeconds = 300;

/** How long a start may take to be answered. */
const startMs = 10_000;

/** One person now comes before everything a full run has queued. */
const atOnce = { priorityKey: 1 };
const inTurn = { priorityKey: 4 };

type Begin = {
  readonly type: 'fullSync' | 'syncUser' | 'applyPlan';
  readonly workflowId: string;
  readonly input: object;
  readonly summary: string;
  readonly once: boolean;
};

/** Starts runs, or joins those already going on. Used by API, CLI and tests alike. */
export const createStarter = (ledger: Ledger, client: Client, queue: string): Starter => {
  const begin = async ({ type, workflowId, input, summary, once }: Begin): Promise<Started> => {
    try {
      const handle = await client.connection.withDeadline(Date.now() + startMs, () =>
        client.workflow.start(type, {
          args: [input],
          taskQueue: queue,
          workflowId,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: once ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
          priority: type === 'syncUser' ? atOnce : inTurn,
          staticSummary: summary,
        }),
      );
      return { run: handle.firstExecutionRunId, workflowId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      return { run: raw.workflowExecutionInfo?.firstRunId ?? '', workflowId };
    }
  };
  const note = async (
    started: Started,
    run: { connector: string; version: number; mode: RunMode; intent: RunIntent; person: string | null; who: string },
  ): Promise<Started> => {
    const { who, ...rest } = run;
    const { run: id, workflowId } = started;
    const { namespace } = client.options;
    await createRun(ledger, { id, workflowId, namespace, startedBy: who, ...rest });
    return started;
  };
  return {
    startFullSync: async ({ connector, mode, intent, idempotencyKey, who }) => {
      const { version } = await namedConnector(ledger, connector);
      const workflowId = `fullSync/${connector}/${idempotencyKey ?? randomUUID()}`;
      const input = { connector, mode, intent };
      const summary = `${mode} run of ${connector}${intent === 'plan' ? ', plan only' : ''}`;
      const started = await begin({ type: 'fullSync', workflowId, input, summary, once: idempotencyKey !== undefined });
      return note(started, { connector, version, mode, intent, person: null, who });
    },
    startSyncUser: async ({ connector, key, intent = 'apply', who }) => {
      const { version } = await namedConnector(ledger, connector);
      const user = await sourceIdOf(ledger, client, queue, connector, key);
      // A plan never joins a run that writes, nor the other way round.
      const workflowId = `${intent === 'plan' ? 'planUser' : 'syncUser'}/${connector}/${user}`;
      const summary = `one person of ${connector}${intent === 'plan' ? ', plan only' : ''}`;
      const input = intent === 'plan' ? { connector, user, intent } : { connector, user };
      const started = await begin({ type: 'syncUser', workflowId, input, summary, once: false });
      return note(started, { connector, version, mode: 'full', intent, person: user, who });
    },
    startApplyPlan: async ({ run }) => {
      const workflowId = planWorkflowId(run);
      await begin({ type: 'applyPlan', workflowId, input: { run }, summary: 'approved plan', once: false });
      return { run, workflowId };
    },
    findUser: async ({ connector, key }) => {
      await namedConnector(ledger, connector);
      return sourceIdOf(ledger, client, queue, connector, key);
    },
    ask: async ({ question: ask, connector, about }) => {
      await namedConnector(ledger, connector);
      const question = await putLookup(ledger, JSON.stringify({ ask, ...about }), lookupSeconds);
      const answer = await answerOf(client, {
        type: ask,
        workflowId: `${ask}/${connector}/${question}`,
        queue,
        input: { connector, question },
        summary: `${questions[ask]}, asked of ${connector}`,
      });
      return JSON.parse((await readLookup(ledger, answer)) ?? 'null');
    },
    cancel: async ({ run: id, who }) => {
      const run = await findRun(ledger, id);
      if (run === null) throw new Failure('notFound', 'There is no such run.');
      await askCancel(ledger, id, who);
      if (run.status === 'approved') await closeRun(ledger, id, { status: 'cancelled', failure: null });
      // Unanswered it is no less asked for: the janitor asks again, and closes a run whose workflow is over.
      else
        await runWorkflows(client)
          .cancel(run)
          .catch(() => undefined);
    },
  };
};

const sourceIdOf = async (ledger: Ledger, client: Client, queue: string, connector: string, key: string) => {
  const lookup = await putLookup(ledger, key, lookupSeconds);
  return answerOf(client, {
    type: 'findUser',
    workflowId: `findUser/${connector}/${lookup}`,
    queue,
    input: { connector, lookup },
    summary: `a person's id at the source of ${connector}`,
  });
};

type Asking = {
  readonly type: string;
  readonly workflowId: string;
  readonly queue: string;
  readonly input: object;
  readonly summary: string;
};

/** Runs a workflow somebody waits for; its failure is thrown as the `Failure` it began as. */
const answerOf = async (client: Client, { type, workflowId, queue, input, summary }: Asking): Promise<string> => {
  try {
    return await client.workflow.execute<(input: object) => Promise<string>>(type, {
      args: [input],
      taskQueue: queue,
      workflowId,
      priority: atOnce,
      staticSummary: summary,
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || error.cause === undefined) throw error;
    const type: unknown = Reflect.get(error.cause, 'type');
    throw new Failure(isFailureKind(type) ? type : 'unavailable', error.cause.message);
  }
};
