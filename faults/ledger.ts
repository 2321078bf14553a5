import { Connection } from '@temporalio/client';
import pg from 'pg';

/** Asks the ledger's database directly, as nobody but a checker does. */
const withDatabase = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/**
 * A doubt stands for ten minutes behind its claim; the first run of its connector after that lifts it by a read, unless
 * another write to the account, of whichever connector, is in doubt for less: it may still arrive.
 */
const doubtMs = 600_000;

/** When a run of everybody, or of what changed, last began and went through, by connector, in milliseconds. */
export type Settled = Readonly<Record<string, number>>;

const leftover: Readonly<Record<string, string>> = {
  'running runs': "select count(*)::integer as n from run where status in ('running', 'approved')",
  'connectors locked': 'select count(*)::integer as n from run_lock',
  'slots leased': 'select count(*)::integer as n from target_slot where expires_at > clock_timestamp()',
  'places in a queue for slots': 'select count(*)::integer as n from slot_wait where expires_at > clock_timestamp()',
  'accounts claimed': 'select count(*)::integer as n from account_claim where ends_at > clock_timestamp()',
};

/** What a quiet installation still holds that it should not: names and counts. */
export const leftovers = (url: string, settled: Settled): Promise<string[]> =>
  withDatabase(url, async (client) => {
    const found: string[] = [];
    for (const [name, statement] of Object.entries(leftover)) {
      const { rows } = await client.query<{ n: number }>(statement);
      const n = rows[0]?.n ?? 0;
      if (n > 0) found.push(`${n} ${name}`);
    }
    type Doubt = { account: string; connector: string; ended: number };
    const { rows } = await client.query<Doubt>(
      `select target || ' ' || encode(account_digest, 'hex') as account, connector,
         extract(epoch from ended_at)::float8 * 1000 as ended from doubt`,
    );
    const isOver = ({ ended }: Doubt, looked: number): boolean => ended + doubtMs < looked;
    const old = rows.filter((doubt) => {
      const looked = settled[doubt.connector] ?? 0;
      return rows.filter(({ account }) => account === doubt.account).every((other) => isOver(other, looked));
    }).length;
    if (old > 0) found.push(`${old} accounts in doubt`);
    return found;
  });

/** The changes of a run that were decided after its report was made, as "target person attribute". */
export const foundLater = (url: string, run: string): Promise<ReadonlySet<string>> =>
  withDatabase(url, async (client) => {
    const { rows } = await client.query<{ target: string; person: string; attribute: string }>(
      `select c.target, c.person, c.attribute from change c join run r on r.id = c.run
       where c.run = $1 and c.status in ('applied', 'already') and c.decided_at > r.finished_at`,
      [run],
    );
    return new Set(rows.map(({ target, person, attribute }) => `${target} ${person} ${attribute}`));
  });

/** When somebody first let the plan of a run through, in milliseconds; null when nobody has. */
export const approvedAt = (url: string, run: string): Promise<number | null> =>
  withDatabase(url, async (client) => {
    const { rows } = await client.query<{ at: number | null }>(
      `select extract(epoch from min(decided_at))::float8 * 1000 as at from decision
       where run = $1 and decision = 'approved'`,
      [run],
    );
    return rows[0]?.at ?? null;
  });

/** The workflows that are still open, by id; null when Temporal does not say. */
export const openWorkflows = async (address: string): Promise<string[] | null> => {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 5_000 });
    try {
      const { executions } = await connection.withDeadline(Date.now() + 5_000, () =>
        connection.workflowService.listWorkflowExecutions({
          namespace: 'default',
          query: "ExecutionStatus = 'Running'",
        }),
      );
      return executions.flatMap(({ execution }) => execution?.workflowId ?? []);
    } finally {
      await connection.close();
    }
  } catch {
    return null;
  }
};
