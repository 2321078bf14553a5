import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isStopped, signal } from '../parts.ts';
import { type Event, hit, missed, type Scene } from './event.ts';
import { drawFreeze } from './processes.ts';

const others = "from pg_stat_activity where application_name = 'attune' and pid <> pg_backend_pid()";

/** Asks the database as its administrator; null when it does not answer, which is nothing new then. */
const asked = async ({ system }: Scene, statement: string): Promise<readonly { pid: number }[] | null> => {
  const url = system.databaseUrl();
  if (url === null) return null;
  const connectionString = url;
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<{ pid: number }>(statement)).rows;
  } catch {
    return null;
  } finally {
    // A frozen database does not answer a goodbye either.
    client.end().catch(() => undefined);
  }
};

const drop: Event = {
  kind: 'connections dropped',
  happen: async (scene) => {
    const dropped = await asked(scene, `select pid, pg_terminate_backend(pid) ${others}`);
    return dropped !== null && dropped.length > 0 ? hit : missed;
  },
};

/** A session that stands still for its client: a lost network, or a suspended machine. */
const freeze: Event = {
  kind: 'connection frozen',
  happen: async (scene) => {
    const { random, longestFreeze } = scene;
    const found = (await asked(scene, `select pid ${others} order by state = 'active' desc, pid limit 4`)) ?? [];
    const frozen = random.some(found, random.whole(1, 2)).filter(({ pid }) => signal(pid, 'SIGSTOP'));
    await sleep(50);
    const stopped = frozen.filter(({ pid }) => isStopped(pid));
    if (stopped.length > 0) await sleep(drawFreeze(random, Math.min(30, longestFreeze)));
    for (const { pid } of frozen) signal(pid, 'SIGCONT');
    return stopped.length > 0 ? hit : missed;
  },
};

/** What happens to the sessions of the ledger's database. */
export const onDatabase: readonly Event[] = [drop, drop, freeze];
