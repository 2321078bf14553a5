import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { Failure } from '../core/failure.ts';
import { answerMsOf, questions } from '../core/questions.ts';
import type { RunIntent, RunMode } from '../core/report/report.ts';
import { closeRun } from '../engine/close.ts';
import { namedConnector } from '../ledger/connectors.ts';
import { putLookup, readLookup } from '../ledger/lookups.ts';
import type { Ledger } from '../ledger/open.ts';
import { askCancel } from '../ledger/runs/ending.ts';
import { createRun, findRun } from '../ledger/runs/runs.ts';
import { countSingles, readingRunsOf } from '../ledger/runs/singles.ts';
import { askWorker } from './ask-worker.ts';
import { planWorkflowId, runWorkflows } from './run-workflows.ts';
import type { Started, Starter } from './starter-port.ts';

/** How long a login or mail waits in the ledger for the worker that turns it into an id. */
const lookupSeconds = 300;

/** How long a start may take to be answered. */
const startMs = 10_000;

/**
 * One person now comes before everything a full run has queued. Where many are started together nobody in front of a
 * screen waits for one of them: beyond the first few they come after full runs, which never take all of a worker.
 */
const atOnce = { priorityKey: 1 };
const inTurn = { priorityKey: 4 };
const inCrowd = { priorityKey: 5 };
const mostAtOnce = 10;

type Begin = {
  readonly type: 'fullSync' | 'syncUser' | 'applyPlan';
  readonly workflowId: string;
  readonly input: object;
  readonly summary: string;
  readonly once: boolean;
  readonly priority: { readonly priorityKey: number };
};

/** Starts runs, or joins those already going on. Used by API, CLI and tests alike. */
export const createStarter = (ledger: Ledger, client: Client, queue: string): Starter => {
  const begin = async ({ type, workflowId, input, summary, once, priority }: Begin): Promise<Started> => {
    try {
      const handle = await client.connection.withDeadline(Date.now() + startMs, () =>
        client.workflow.start(type, {
          args: [input],
          taskQueue: queue,
          workflowId,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: once ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
          priority,
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
  let asking = 0;
  const answerOf = async (
    type: string,
    {
      connector,
      key,
      input,
      summary,
      answeredMs = 90_000,
    }: { connector: string; key: string; input: object; summary: string; answeredMs?: number },
  ): Promise<string> => {
    asking += 1;
    const priority = asking <= mostAtOnce ? atOnce : inCrowd;
    const workflowId = `${type}/${connector}/${key}`;
    try {
      return await askWorker(client, { type, workflowId, queue, input, summary, priority, answeredMs });
    } finally {
      asking -= 1;
    }
  };
  const sourceIdOf = async (connector: string, key: string): Promise<string> => {
    const lookup = await putLookup(ledger, key, lookupSeconds);
    const summary = `a person's id at the source of ${connector}`;
    return answerOf('findUser', { connector, key: lookup, input: { connector, lookup }, summary });
  };
  const note = async (
    started: Started,
    run: {
      connector: string;
      version: number;
      mode: RunMode;
      intent: RunIntent;
      person: string | null;
      retryOf: string | null;
      who: string;
    },
  ): Promise<Started> => {
    const { who, ...rest } = run;
    const { run: id, workflowId } = started;
    const { namespace } = client.options;
    await createRun(ledger, { id, workflowId, namespace, startedBy: who, ...rest });
    return started;
  };
  return {
    startFullSync: async ({ connector, mode: wanted, intent, idempotencyKey, retryOf, who }) => {
      const mode = retryOf === undefined ? wanted : 'delta';
      const { version } = await namedConnector(ledger, connector);
      const workflowId = `fullSync/${connector}/${idempotencyKey ?? randomUUID()}`;
      const input = retryOf === undefined ? { connector, mode, intent } : { connector, retry: retryOf, intent };
      const what = retryOf === undefined ? `${mode} run` : 'retry of people';
      const summary = `${what} of ${connector}${intent === 'plan' ? ', plan only' : ''}`;
      const once = idempotencyKey !== undefined;
      const started = await begin({ type: 'fullSync', workflowId, input, summary, once, priority: inTurn });
      return note(started, { connector, version, mode, intent, person: null, retryOf: retryOf ?? null, who });
    },
    startSyncUser: async ({ connector, key, intent = 'apply', who }) => {
      const { version } = await namedConnector(ledger, connector);
      const user = await sourceIdOf(connector, key);
      // A plan never joins a run that writes, nor the other way round.
      const workflowId = await idToJoin(ledger, intent === 'plan' ? 'planUser' : 'syncUser', connector, user);
      const summary = `one person of ${connector}${intent === 'plan' ? ', plan only' : ''}`;
      const input = intent === 'plan' ? { connector, user, intent } : { connector, user };
      const priority = (await countSingles(ledger)) < mostAtOnce ? atOnce : inCrowd;
      const started = await begin({ type: 'syncUser', workflowId, input, summary, once: false, priority });
      return note(started, { connector, version, mode: 'full', intent, person: user, retryOf: null, who });
    },
    startApplyPlan: async ({ run }) => {
      const workflowId = planWorkflowId(run);
      await begin({
        type: 'applyPlan',
        workflowId,
        input: { run },
        summary: 'approved plan',
        once: false,
        priority: inTurn,
      });
      return { run, workflowId };
    },
    findUser: async ({ connector, key }) => {
      await namedConnector(ledger, connector);
      return sourceIdOf(connector, key);
    },
    ask: async ({ question: ask, connector, about }) => {
      await namedConnector(ledger, connector);
      const question = await putLookup(ledger, JSON.stringify({ ask, ...about }), lookupSeconds);
      const summary = `${questions[ask]}, asked of ${connector}`;
      const answeredMs = answerMsOf(ask);
      const input = { connector, question };
      const answer = await answerOf(ask, { connector, key: question, input, summary, answeredMs });
      return JSON.parse((await readLookup(ledger, answer)) ?? 'null');
    },
    cancel: async ({ run: id, who }) => {
      const run = await findRun(ledger, id);
      if (run === null) throw new Failure('notFound', 'There is no such run.');
      await askCancel(ledger, id, who);
      if (run.status === 'approved') await closeRun(ledger, id, { status: 'cancelled', failure: null });
      // Without an answer the request still stands: the janitor asks again, and closes a run whose workflow is over.
      else
        await runWorkflows(client)
          .cancel(run)
          .catch(() => undefined);
    },
  };
};

/**
 * The id of the workflow that a start of one person begins or joins: never one that has already read, because it would
 * miss what has changed since. Later starts join the next one, named after the run it follows.
 */
const idToJoin = async (
  ledger: Ledger,
  kind: 'syncUser' | 'planUser',
  connector: string,
  user: string,
): Promise<string> => {
  const reading = await readingRunsOf(ledger, connector, user);
  for (let id = `${kind}/${connector}/${user}`; ; ) {
    const before = reading.find(({ workflowId }) => workflowId === id);
    if (before === undefined) return id;
    id = `${kind}/${connector}/${user}/after/${before.id}`;
  }
};
