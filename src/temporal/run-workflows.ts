import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Workflows } from '../engine/settle.ts';
import type { Run } from '../ledger/runs/runs.ts';

/** Nobody waits longer than this for Temporal to say how a workflow is. */
const answerMs = 5_000;

/** How long a workflow must have been over before its run is closed in its place. */
const graceMs = 30_000;

/** The workflow that applies the plan of a run: one at a time, whoever starts it. */
export const planWorkflowId = (run: string): string => `applyPlan/${run}`;

/** What Temporal says of the workflows of runs, each asked for in the namespace it was started in. */
export const runWorkflows = (
  client: Client,
  closed: Workflows['closed'] = () => undefined,
): Workflows & { readonly cancel: (run: Run) => Promise<void> } => {
  const own = client.options.namespace;
  const handleOf = ({ workflowId, namespace }: Pick<Run, 'workflowId' | 'namespace'>) =>
    (namespace === null || namespace === own
      ? client
      : new Client({ connection: client.connection, namespace })
    ).workflow.getHandle(workflowId);
  return {
    graceMs,
    closed,
    isOpen: async (run) => {
      try {
        // Without a run id: the answer follows continue-as-new and resets.
        const { raw } = await client.connection.withDeadline(Date.now() + answerMs, () => handleOf(run).describe());
        const { closeTime, firstRunId } = raw.workflowExecutionInfo ?? {};
        const isOpen = closeTime === null || closeTime === undefined;
        return isOpen && carries(run, firstRunId ?? '');
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
    cancel: async (run) => {
      try {
        await client.connection.withDeadline(Date.now() + answerMs, () => handleOf(run).cancel());
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
};

/**
 * Whether a workflow begun with this execution is the run's own: the id of one person's workflow is used again by their
 * next run. A plan is applied by a separate workflow, after the run has ended for the first time.
 */
const carries = ({ id, finishedAt }: Pick<Run, 'id' | 'finishedAt'>, firstRunId: string): boolean =>
  firstRunId === '' || firstRunId === id || finishedAt !== null;
