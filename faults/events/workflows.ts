import { Connection, Client as Temporal } from '@temporalio/client';
import { z } from 'zod';
import type { Random } from '../random.ts';
import { type Carried, type Event, hit, missed, type Scene } from './event.ts';

type Act = (client: Temporal, workflowId: string, random: Random) => Promise<void>;

/** Does something to a workflow; one that Temporal refuses, or that has ended by itself, was not hit. */
const withTemporal = async ({ system, random }: Scene, choose: Choose, act: Act) => {
  const address = system.temporalAddress();
  if (address === null) return missed;
  try {
    const connection = await Connection.connect({ address, connectTimeout: 2_000 });
    try {
      const client = new Temporal({ connection });
      const workflowId = await choose(client);
      if (workflowId === null) return missed;
      await connection.withDeadline(Date.now() + 10_000, () => act(client, workflowId, random));
      return hit;
    } finally {
      await connection.close();
    }
  } catch {
    return missed;
  }
};

type Choose = (client: Temporal) => Promise<string | null>;

/** One of the open workflows: a run's, or that of a batch. */
const anyOpen =
  (random: Random): Choose =>
  async ({ connection, workflowService }) => {
    const { executions } = await connection.withDeadline(Date.now() + 5_000, () =>
      workflowService.listWorkflowExecutions({ namespace: 'default', query: "ExecutionStatus = 'Running'" }),
    );
    const ids = executions.flatMap(({ execution }) => execution?.workflowId ?? []).sort();
    return ids.length === 0 ? null : random.one(ids);
  };

const carrierOf =
  (random: Random, runs: readonly Carried[]): Choose =>
  async () =>
    runs.length === 0 ? null : random.one(runs).workflowId;

/** temporal.api.enums.v1.EventType: EVENT_TYPE_WORKFLOW_TASK_COMPLETED. */
const workflowTaskCompleted = 7;

const resets: Act = async (client, workflowId, random) => {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: 'default',
    execution: { workflowId, runId },
  });
  const decided = (history?.events ?? []).filter(({ eventType }) => eventType === workflowTaskCompleted);
  const point = random.one([decided[0], decided[Math.floor(decided.length / 2)], decided.at(-1)]);
  if (point?.eventId == null) throw new Error('There is nothing to reset to yet.');
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'a fault',
    workflowTaskFinishEventId: point.eventId,
    requestId: crypto.randomUUID(),
  });
};

const onOpen = (kind: string, act: Act): Event => ({
  kind,
  happen: (scene) => withTemporal(scene, anyOpen(scene.random), act),
});

const terminate = onOpen(
  'workflow terminated',
  async (client, id) => void (await client.workflow.getHandle(id).terminate('a fault')),
);

const cancel = onOpen('workflow cancelled', async (client, id) => void (await client.workflow.getHandle(id).cancel()));

const reset = onOpen('workflow reset', resets);

/** A run that has ended is brought to life again in Temporal, where the ledger knows its end. */
const resetEnded: Event = {
  kind: 'ended workflow reset',
  happen: (scene) => withTemporal(scene, carrierOf(scene.random, scene.over()), resets),
};

const cancelRun: Event = {
  kind: 'run cancelled',
  happen: async ({ system, random, underWay }) => {
    const runs = underWay();
    if (runs.length === 0) return missed;
    try {
      await (await system.api()).post(`/api/runs/${random.one(runs).run}/cancel`, null, z.unknown());
      return hit;
    } catch {
      return missed;
    }
  },
};

/** Workflows ended, terminated and reset from outside. */
export const onWorkflows: readonly Event[] = [
  terminate,
  terminate,
  cancel,
  cancel,
  reset,
  reset,
  resetEnded,
  cancelRun,
];
