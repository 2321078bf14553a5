import { Kysely, PostgresDialect } from 'kysely';
import { Client, escapeIdentifier } from 'pg';
import { Failure } from '../core/failure.ts';
import { asDatabaseFailure } from './database-failure.ts';
import { migrate } from './migrate.ts';
import { openPool } from './pool.ts';
import type { Tables } from './schema.ts';

/** What was moved: rows by table. */
export type Moved = ReadonlyMap<string, number>;

type Table = { readonly name: string; readonly columns: readonly { readonly name: string; readonly type: string }[] };

/** How many rows are held in memory at once. */
const rowsAtOnce = 1_000;

/**
 * Copies a ledger into an empty database, table by table: from one snapshot, into one transaction, which is kept only if
 * each table has the same number of rows and the same digest over all of them at both ends. Both databases may be of any
 * major release that Attune runs on; values stay sealed under the keys they have. The source is left as it is.
 */
export const copyLedger = async (from: string, to: string): Promise<Moved> => {
  for (const url of [from, to]) await bringUpToDate(url);
  const [source, target] = [await connect(from), await connect(to)];
  try {
    await refuseOthers(source);
    await refuseOthers(target);
    await source.query('begin isolation level repeatable read read only');
    await target.query('begin');
    const tables = await tablesOf(source);
    const moved = new Map<string, number>();
    for (const table of tables) await expectEmpty(target, table);
    for (const table of tables) {
      await copyTable(source, target, table);
      moved.set(table.name, await expectSame(source, target, table));
    }
    await copySequences(source, target);
    await target.query('commit');
    return moved;
  } catch (error) {
    throw asDatabaseFailure(error);
  } finally {
    await Promise.all([source.end(), target.end()].map((end) => end.catch(() => undefined)));
  }
};

const bringUpToDate = async (url: string): Promise<void> => {
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: openPool(url, { size: 2, longStatements: true }) }),
  });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
};

/** A session in which every value has one text, whatever the server's own settings are. */
const connect = async (url: string): Promise<Client> => {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'attune ledger move',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query("set timezone = 'UTC'");
    await client.query("set datestyle = 'ISO'");
    await client.query("set intervalstyle = 'postgres'");
    await client.query("set bytea_output = 'hex'");
    await client.query('set extra_float_digits = 1');
    return client;
  } catch (error) {
    throw asDatabaseFailure(error);
  }
};

const refuseOthers = async (client: Client): Promise<void> => {
  const { rowCount } = await client.query(`select 1 from pg_stat_activity
    where datname = current_database() and application_name like 'attune%' and pid <> pg_backend_pid()`);
  if ((rowCount ?? 0) === 0) return;
  throw new Failure('conflict', 'Another Attune is connected to the database.', {
    remedy: 'Stop every serve, worker and api that uses it, then move the ledger.',
  });
};

/** The tables, each after those it refers to. Kysely's own record the migrations, which both sides already know. */
const tablesOf = async (client: Client): Promise<Table[]> => {
  const { rows } = await client.query<Table & { refers: string[] }>(`select c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      array(select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f' and r.oid <> c.oid) as refers
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and c.relname not like 'kysely\\_%' order by c.relname`);
  const placed: Table[] = [];
  const waiting = new Map(rows.map((row) => [row.name, row]));
  while (waiting.size > 0) {
    const next = [...waiting.values()].filter(({ refers }) => refers.every((other) => !waiting.has(other)));
    if (next.length === 0) throw new Error('tables of the ledger refer to each other in a circle');
    for (const table of next) {
      placed.push(table);
      waiting.delete(table.name);
    }
  }
  return placed;
};

const expectEmpty = async (client: Client, { name }: Table): Promise<void> => {
  const { rowCount } = await client.query(`select 1 from ${escapeIdentifier(name)} limit 1`);
  if ((rowCount ?? 0) === 0) return;
  throw new Failure('conflict', `The database to move to already contains a ledger: its table ${name} has rows.`, {
    remedy: 'Use an empty database: a move never overwrites anything.',
  });
};

const copyTable = async (source: Client, target: Client, { name, columns }: Table): Promise<void> => {
  const names = columns.map((column) => escapeIdentifier(column.name));
  await source.query(`declare move no scroll cursor for select ${names.map((each) => `${each}::text`).join(', ')}
    from ${escapeIdentifier(name)}`);
  const insert = `insert into ${escapeIdentifier(name)} (${names.join(', ')}) overriding system value
    select ${columns.map(({ type }, index) => `c${index}::${type}`).join(', ')}
    from unnest(${columns.map((_, index) => `$${index + 1}::text[]`).join(', ')})
      as t(${columns.map((_, index) => `c${index}`).join(', ')})`;
  for (;;) {
    const { rows } = await source.query<(string | null)[]>({ text: `fetch ${rowsAtOnce} from move`, rowMode: 'array' });
    if (rows.length === 0) break;
    await target.query(
      insert,
      columns.map((_, index) => rows.map((row) => row[index])),
    );
  }
  await source.query('close move');
};

const expectSame = async (source: Client, target: Client, table: Table): Promise<number> => {
  const [before, after] = [await sumOf(source, table), await sumOf(target, table)];
  if (before.rows === after.rows && before.digest === after.digest) return before.rows;
  throw new Failure('conflict', `The table ${table.name} was not copied correctly, so nothing was moved.`, {
    remedy: 'Try again; if it happens again, keep both databases and report it.',
  });
};

/** A digest over all rows that does not depend on their order. */
const sumOf = async (client: Client, { name, columns }: Table): Promise<{ rows: number; digest: string }> => {
  const row = `row(${columns.map((column) => escapeIdentifier(column.name)).join(', ')})::text`;
  const { rows } = await client.query<{ rows: number; digest: string }>(`select count(*)::float8 as rows,
      coalesce(sum(('x' || left(md5(${row}), 15))::bit(60)::bigint::numeric), 0)::text as digest
    from ${escapeIdentifier(name)}`);
  return rows[0] ?? { rows: 0, digest: '' };
};

const copySequences = async (source: Client, target: Client): Promise<void> => {
  const { rows } = await source.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows) {
    const sequence = escapeIdentifier(name);
    const { rows: at } = await source.query<{ value: string; called: boolean }>(
      `select last_value::text as value, is_called as called from ${sequence}`,
    );
    await target.query('select setval($1::regclass, $2::bigint, $3::boolean)', [
      `public.${sequence}`,
      at[0]?.value,
      at[0]?.called,
    ]);
  }
};
