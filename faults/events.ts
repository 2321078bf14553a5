import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, Client as Temporal } from '@temporalio/client';
import pg from 'pg';
import type { Random } from './random.ts';
import type { System } from './systems.ts';
import type { World } from './world.ts';

/** What an event works with. `runs` are those under way, by id, each with its workflow. */
export type Scene = {
  readonly world: World;
  readonly system: System;
  readonly random: Random;
  readonly runs: () => readonly { readonly run: string; readonly workflowId: string }[];
  /** The longest a process is frozen, in seconds. */
  readonly longestFreeze: number;
};

/** One way of hurting the system; gives how many faults hit at once. Faults laid on requests are counted when lifted. */
export type Event = { readonly kind: string; readonly happen: (scene: Scene) => Promise<number> };

const kill: Event = {
  kind: 'kill',
  happen: async ({ system, random }) => {
    const part = random.one(system.parts);
    const pid = part.pid();
    if (pid === null) return 0;
    part.blame();
    process.kill(pid, 'SIGKILL');
    return 1;
  },
};

const freeze: Event = {
  kind: 'freeze',
  happen: async ({ system, random, longestFreeze }) => {
    const pid = random.one(system.parts).pid();
    if (pid === null) return 0;
    process.kill(pid, 'SIGSTOP');
    await sleep(1_000 * random.number(5, longestFreeze));
    try {
      process.kill(pid, 'SIGCONT');
    } catch {
      // It was killed while it was frozen.
    }
    return 1;
  },
};

const dropConnections: Event = {
  kind: 'connections dropped',
  happen: async ({ system }) => {
    const url = system.databaseUrl();
    if (url === null) return 0;
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'attune' and pid <> pg_backend_pid()",
      );
      return rowCount === null || rowCount === 0 ? 0 : 1;
    } catch {
      return 0;
    } finally {
      await client.end().catch(() => undefined);
    }
  },
};

const withWorkflow =
  (act: (client: Temporal, workflowId: string, random: Random) => Promise<void>) =>
  async ({ system, random, runs }: Scene): Promise<number> => {
    const address = system.temporalAddress();
    const under = runs();
    if (address === null || under.length === 0) return 0;
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2_000 });
      try {
        await act(new Temporal({ connection }), random.one(under).workflowId, random);
        return 1;
      } finally {
        await connection.close();
      }
    } catch {
      // Temporal is away, or the workflow has ended by itself.
      return 0;
    }
  };

const terminate: Event = {
  kind: 'workflow terminated',
  happen: withWorkflow(async (client, id) => void (await client.workflow.getHandle(id).terminate('a fault'))),
};

const cancelWorkflow: Event = {
  kind: 'workflow cancelled',
  happen: withWorkflow(async (client, id) => void (await client.workflow.getHandle(id).cancel())),
};

/** temporal.api.enums.v1.EventType: EVENT_TYPE_WORKFLOW_TASK_COMPLETED. */
const workflowTaskCompleted = 7;

const reset: Event = {
  kind: 'workflow reset',
  happen: withWorkflow(async (client, id, random) => {
    const { runId } = await client.workflow.getHandle(id).describe();
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: id, runId },
    });
    const decided = (history?.events ?? []).filter(({ eventType }) => eventType === workflowTaskCompleted);
    const point = random.chance(0.5) ? decided[0] : decided.at(-1);
    if (point?.eventId == null) throw new Error('There is nothing to reset to yet.');
    await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: id, runId },
      reason: 'a fault',
      workflowTaskFinishEventId: point.eventId,
      requestId: crypto.randomUUID(),
    });
  }),
};

const services = ['entra', 'jira', 'confluence'] as const;

const requests = (kind: string, effect: (random: Random) => object): Event => ({
  kind,
  happen: async ({ world, random }) => {
    await world.lay({
      service: random.one(services),
      after: random.whole(0, 8),
      every: random.whole(1, 3),
      count: random.whole(1, 12),
      effect: effect(random),
    });
    return 0;
  },
});

const status = (code: number, headers: Record<string, string> = {}) => ({ kind: 'status', status: code, headers });

const onRequests: readonly Event[] = [
  requests('throttled', (random) => status(429, { 'retry-after': String(random.whole(1, 3)) })),
  requests('server error', (random) => status(random.one([500, 502, 503, 504]))),
  requests('maintenance', () => ({ kind: 'maintenance' })),
  requests('slow answer', (random) => ({ kind: 'delay', milliseconds: random.whole(200, 4_000) })),
  requests('slow body', (random) => ({ kind: 'slowBody', milliseconds: random.whole(200, 3_000) })),
  requests('cut body', () => ({ kind: 'truncated' })),
  requests('connection cut before', () => ({ kind: 'reset', when: 'before' })),
  requests('answer lost', () => ({ kind: 'reset', when: 'after' })),
  requests('page for data', () => ({ kind: 'html' })),
];

const control = (kind: string, path: string, body?: (random: Random) => object): Event => ({
  kind,
  happen: async ({ world, random }) => {
    await world.post(path, body?.(random));
    return 1;
  },
});

/** A login that is answered by something else than yes or no, once or twice. */
const oddLogin: Event = {
  kind: 'odd login',
  happen: async ({ world, random }) => {
    await world.post('/sessions/expire');
    await world.lay({
      service: random.one(['jira', 'confluence']),
      path: 'login|auth|session|tsv',
      count: random.whole(1, 2),
      effect: random.one([
        { kind: 'html' },
        status(200, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }),
        status(503),
        { kind: 'reset', when: 'after' },
      ]),
    });
    return 1;
  },
};

const expiredCursor: Event = {
  kind: 'cursor expired',
  happen: async ({ world }) => {
    await world.lay({
      service: 'entra',
      path: 'users',
      after: 1,
      count: 1,
      effect: {
        kind: 'status',
        status: 410,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { code: 'resyncRequired', message: 'Resync required.' } }),
      },
    });
    return 0;
  },
};

const edits: readonly Event[] = [
  {
    kind: 'people edited',
    happen: async ({ world, random }) => {
      await world.editPeople(random.whole(1, 15));
      return 1;
    },
  },
  {
    kind: 'accounts edited by hand',
    happen: async ({ world, random }) => {
      await world.editAccounts(random.whole(1, 4));
      return 1;
    },
  },
];

/** Every way of hurting the system; what is drawn more often stands there more than once. */
export const events: readonly Event[] = [
  kill,
  kill,
  kill,
  freeze,
  dropConnections,
  dropConnections,
  terminate,
  cancelWorkflow,
  reset,
  ...onRequests,
  oddLogin,
  control('sessions expired', '/sessions/expire'),
  control('tokens expired', '/tokens/expire'),
  control('an hour passes', '/clock/advance', (random) => ({ milliseconds: random.whole(1, 90) * 60_000 })),
  expiredCursor,
  ...edits,
  ...edits,
];
