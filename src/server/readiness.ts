import type { ApiParts } from '../api/parts.ts';
import { schemaProblem } from '../ledger/migrate.ts';
import type { Ledger } from '../ledger/open.ts';
import type { TemporalClient } from '../temporal/connection.ts';
import type { Janitor } from '../temporal/janitor.ts';
import { taskQueue } from '../temporal/task-queue.ts';

/** How long one part may take to answer: together with the rest /readyz stays below two seconds. */
const withinMs = 1_500;

/** A worker asks for work at least once a minute; one that did not for longer than this is gone. */
const silentMs = 90_000;

/** The parts a server needs, each with the question whether it is there. `isPolling` is asked where the worker is ours. */
export const readiness = (parts: {
  ledger: Ledger;
  temporal: TemporalClient;
  isPolling: (() => boolean) | null;
  janitor: Janitor | null;
}): ApiParts['ready'] => {
  const { ledger, temporal, isPolling, janitor } = parts;
  return {
    database: async () => ((await ledger.answers(withinMs)) ? null : 'does not answer'),
    'schema of the database': () => schemaProblem(ledger.db),
    'Temporal server': async () => {
      const { client, namespace } = temporal;
      await client.connection.withDeadline(Date.now() + withinMs, () =>
        client.workflowService.describeNamespace({ namespace }),
      );
      return null;
    },
    worker: async () => {
      const isThere = isPolling === null ? await anyPolls(temporal) : isPolling();
      return isThere ? null : 'accepts no work: start one, or look at its log';
    },
    janitor: async () => {
      await janitor?.ready();
      return null;
    },
  };
};

/** Temporal keeps who asked the queue for work, and when (DescribeTaskQueue, `pollers`). */
const anyPolls = async ({ client, namespace }: TemporalClient): Promise<boolean> => {
  const { pollers } = await client.connection.withDeadline(Date.now() + withinMs, () =>
    client.workflowService.describeTaskQueue({ namespace, taskQueue: { name: taskQueue }, taskQueueType: 1 }),
  );
  const since = (Date.now() - silentMs) / 1000;
  return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) > since);
};
