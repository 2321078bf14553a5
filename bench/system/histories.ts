import { Client, Connection } from '@temporalio/client';
import type { System } from '../../faults/systems/system.ts';

/** The length of a workflow's history. */
export type History = { readonly events: number; readonly bytes: number };

type Histories = { readonly run: History; readonly children: readonly History[] };

/** The histories of a run: its own workflow's, all parts of it together, and those of its batches. */
export const historyOf = (system: System, run: string): Promise<Histories> =>
  histories(
    system.temporalAddress() ?? '',
    (one) => one.runId === run || one.firstRunId === run,
    (one) => one.workflowId.startsWith(`${run}/`),
  );

/** The history of a workflow by its id, all parts of it together. */
export const historyById = async (address: string, workflowId: string): Promise<History> =>
  (
    await histories(
      address,
      (one) => one.workflowId === workflowId,
      () => false,
    )
  ).run;

type Execution = { readonly workflowId: string; readonly runId: string; readonly firstRunId: string };

const histories = async (
  address: string,
  isRun: (one: Execution) => boolean,
  isChild: (one: Execution) => boolean,
): Promise<Histories> => {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const run = { events: 0, bytes: 0 };
    const children: History[] = [];
    for await (const { workflowId, runId, raw } of client.workflow.list()) {
      const one = { workflowId, runId, firstRunId: raw.firstRunId ?? '' };
      if (!isRun(one) && !isChild(one)) continue;
      const { historyLength, historySize = 0 } = await client.workflow.getHandle(workflowId, runId).describe();
      if (isRun(one)) {
        run.events += historyLength;
        run.bytes += historySize;
      } else children.push({ events: historyLength, bytes: historySize });
    }
    return { run, children };
  } finally {
    await connection.close();
  }
};
