import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { given, openDocument, takeJobs } from './job.ts';
import { createActivities } from './temporal-activities.ts';
import type { syncEverybody } from './temporal-workflow.ts';

// The program one would write first with Temporal: an activity for each person and step, and no ledger. It survives kills
// as Attune does, and reads and compares everybody at every run.
const { address } = z.looseObject({ address: z.string() }).parse(given());
Runtime.install({ logger: new DefaultLogger('ERROR') });
const opened = await openDocument();
const taskQueue = 'obvious';
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('temporal-workflow.ts', import.meta.url)),
  activities: createActivities(opened),
});
void worker.run().catch(() => process.exit(1));
const client = new Client({ connection: await Connection.connect({ address }) });

takeJobs(z.object({ atOnce: z.number() }), async ({ atOnce }) => {
  const workflowId = randomUUID();
  const targets = [...opened.targets.keys()];
  const applied = await client.workflow.execute<typeof syncEverybody>('syncEverybody', {
    taskQueue,
    workflowId,
    args: [{ targets, atOnce, cursor: null, applied: 0 }],
  });
  return { applied, workflowId };
});
