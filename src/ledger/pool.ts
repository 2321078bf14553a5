import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import { Failure } from '../core/failure.ts';
import { asDatabaseFailure } from './database-failure.ts';

/** How many connections one process holds at most; the bulk statements need few. */
const poolSize = 10;

/** How long one attempt to connect may take. */
const connectMs = 10_000;

/** A statement that takes longer than this is reason to ask whether the database still answers at all. */
const patienceMs = 5_000;

/** How long a pool may take to say good-bye to its database before its connections are cut. */
const farewellMs = 1_500;

/**
 * Limits of every session, so that no process that is frozen or lost its network delays the others (PostgreSQL 18,
 * 19.3.2 and 19.11.1). Settings that a server does not know are left out. The longest statements are joins over
 * everybody, which take seconds at 200,000 people.
 */
const limits = {
  statement_timeout: '300s',
  lock_timeout: '20s',
  idle_in_transaction_session_timeout: '10s',
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '20s',
  client_connection_check_interval: '5s',
} as const;

/**
 * What the planner is told of the ledger's own statements (PostgreSQL 18, 19.4.1 and 19.7): its tables are read by index
 * from memory or a solid-state disk, joins over everybody want to be hashed in memory, and compiling a statement takes
 * longer than any of ours that is misjudged enough to be compiled.
 */
const planning = { random_page_cost: '1.1', work_mem: '16MB', jit: 'off' } as const;

/** What a pool is opened with. Migrations rebuild tables, so they need as long as they need. */
export type PoolOptions = { readonly size?: number; readonly longStatements?: boolean };

/**
 * A pool of connections to the ledger's database for Kysely. No error of a connection ends the process, whether it is
 * idle or in use; its user gets a `Failure` that says what is wrong with the database. A database that accepted a
 * statement and no longer answers is noticed within seconds, and then every waiting statement fails.
 */
export const openPool = (url: string, { size = poolSize, longStatements = false }: PoolOptions = {}): PostgresPool => {
  const config = connectionTo(url);
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const watch = watchAnswers(() => databaseAnswers(url, patienceMs), cut);
  const pool = new Pool({
    ...config,
    max: size,
    connectionTimeoutMillis: connectMs,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.once('close', () => sockets.delete(socket));
    },
    onConnect: async (client) => {
      const set = { ...limits, ...planning, ...(longStatements ? { statement_timeout: '0', lock_timeout: '0' } : {}) };
      await client.query(
        `select set_config(name, value, false) from unnest($1::text[], $2::text[]) as s(name, value)
         where name in (select name from pg_settings)`,
        [Object.keys(set), Object.values(set)],
      );
    },
  });
  // Told of idle connections here and of those in use there; the next use of one says what happened.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    options: pool.options,
    connect: async () => guarded(() => connect(pool, size, url), watch),
    end: async () => {
      const ended = pool.end().catch(() => undefined);
      await Promise.race([ended, sleep(farewellMs, undefined, { ref: false })]);
      cut();
    },
  };
};

/** Whether the database answers a new connection and a trivial statement in time; a refusal is an answer too. */
export const databaseAnswers = async (url: string, withinMs: number): Promise<boolean> => {
  const client = new Client({ ...connectionTo(url), connectionTimeoutMillis: withinMs, query_timeout: withinMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    // 57P03: it is starting up or shutting down (PostgreSQL 18, appendix A).
    return error instanceof Error && 'severity' in error && !('code' in error && error.code === '57P03');
  } finally {
    // A farewell that is never answered must hold up nobody.
    void Promise.race([client.end(), sleep(1_000, undefined, { ref: false })]).catch(() => undefined);
  }
};

const connectionTo = (url: string): ClientConfig => {
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Failure('config', 'The address of the ledger is not a PostgreSQL address.', {
      remedy: 'Set ATTUNE_DATABASE_URL to postgres://user:password@host:5432/database.',
    });
  }
  return { connectionString: url, application_name: 'attune', keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
};

/** A pool whose connections are all in use is waited for as long as the database answers; one that is away is not. */
const connect = async (pool: Pool, size: number, url: string): Promise<PoolClient> => {
  for (;;) {
    const wasFull = pool.totalCount >= size && pool.idleCount === 0;
    try {
      return await pool.connect();
    } catch (error) {
      if (!wasFull || pool.ending || !(await databaseAnswers(url, patienceMs))) throw asDatabaseFailure(error);
    }
  }
};

/** How often a statement is given to another connection because its own was gone. */
const mostMoves = 3;

/**
 * A connection as Kysely uses it: its errors are failures, and once it is broken it is removed from the pool. A single
 * statement whose connection was gone before it could do anything is given to another connection.
 */
const guarded = async (take: () => Promise<PoolClient>, watch: Watch): Promise<PostgresPoolClient> => {
  let client = await take();
  let isBroken = false;
  let isInTransaction = false;
  let isReleased = false;
  const send = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    const answered = watch.asked();
    try {
      return await client.query(text, [...values]);
    } finally {
      answered();
    }
  };
  const ask = async (text: string, values: readonly unknown[]): Promise<unknown> => {
    // The server rolls back what a lost connection had begun; reporting that must not hide why it was lost.
    if (isBroken && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] };
    for (let moves = 0; ; moves += 1) {
      try {
        const answer = await send(text, values);
        isInTransaction = opens(text) || (isInTransaction && !closes(text));
        return answer;
      } catch (cause) {
        const error = asDatabaseFailure(cause);
        isBroken ||= error !== cause && !isRefusal(cause);
        if (!isBroken || isInTransaction || moves === mostMoves || !wasNotDone(text, cause)) throw error;
        client.release(true);
        isReleased = true;
        client = await take();
        isReleased = false;
        isBroken = false;
      }
    }
  };
  function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new Error('the ledger reads without cursors');
    return ask(text, values);
  }
  return {
    query,
    release: (destroy) => {
      if (!isReleased) client.release(isBroken || destroy === true);
    },
  };
};

const opens = (text: string): boolean => /^(begin|start transaction)/i.test(text);
const closes = (text: string): boolean => /^(commit|rollback)$/i.test(text);

/**
 * Whether a statement that failed with its connection has certainly changed nothing: it was never sent (the driver had
 * noticed before), or it only reads or begins and the connection went without a word of the server.
 */
const wasNotDone = (text: string, cause: unknown): boolean => {
  if (!(cause instanceof Error)) return false;
  if (/not queryable|was closed and is not/.test(cause.message)) return true;
  return opens(text) || (/^\s*select\b/i.test(text) && !('severity' in cause));
};

/** A statement that the server itself refused leaves the connection as it was, unless the server ends the session. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR';

type Watch = { readonly asked: () => () => void };

/** Watches statements that wait for their answer, and asks the database again if one waits for long. */
const watchAnswers = (answers: () => Promise<boolean>, cut: () => void): Watch => {
  const waiting = new Map<symbol, number>();
  let timer: NodeJS.Timeout | null = null;
  let isAsking = false;
  const look = async (): Promise<void> => {
    const oldest = Math.min(...waiting.values());
    if (isAsking || performance.now() - oldest < patienceMs) return;
    isAsking = true;
    // One slow answer is no proof: a busy machine has those.
    if (!(await answers()) && !(await answers())) cut();
    isAsking = false;
  };
  return {
    asked: () => {
      const id = Symbol();
      waiting.set(id, performance.now());
      timer ??= setInterval(() => void look(), 1_000).unref();
      return () => {
        waiting.delete(id);
        if (waiting.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
};
