import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Client, Pool } from 'pg';
import { z } from 'zod';
import { closeRun } from '../../src/engine/close.ts';
import { matchAccounts } from '../../src/ledger/links/match-accounts.ts';
import { vanishedLinks } from '../../src/ledger/links/vanished.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { leaveHeld } from '../../src/ledger/plan/leave-held.ts';
import { rangesToPlan } from '../../src/ledger/plan/ranges.ts';
import { type PlannedUser, storePlan } from '../../src/ledger/plan/store-plan.ts';
import { takeOut } from '../../src/ledger/plan/take-out.ts';
import { givenUp } from '../../src/ledger/reading/watermarks.ts';
import { planImpacts } from '../../src/ledger/runs/impact.ts';
import { createRun, findRun, pinRun } from '../../src/ledger/runs/runs.ts';
import { inTransaction } from '../../src/ledger/transaction.ts';
import { freshDatabase } from '../fixtures/database.ts';

/*
 * The planner may know nothing of the run whose rows it joins: they were filled a moment ago, and a vacuum of the table
 * keeps others from counting it. What a statement does must then still grow with the people and not with their square.
 * So every table keeps the figures of an earlier run, and the database tells of each statement how many rows it worked
 * through (auto_explain).
 */

const people = 1_500;
const target = { id: 'jira', basis: Buffer.from('rules') };

/** What a statement may work through for each person, by far the most being sorts and hashes of a few columns. */
const rowsAPerson = 60;

type Node = {
  readonly 'Actual Rows'?: number | undefined;
  readonly 'Actual Loops'?: number | undefined;
  readonly 'Rows Removed by Filter'?: number | undefined;
  readonly 'Rows Removed by Join Filter'?: number | undefined;
  readonly Plans?: readonly Node[] | undefined;
};

const count = z.number().optional();
const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Actual Rows': count,
    'Actual Loops': count,
    'Rows Removed by Filter': count,
    'Rows Removed by Join Filter': count,
    Plans: z.array(Node).optional(),
  }),
);
const Told = z.object({ 'Query Text': z.string(), Plan: Node });

/** The rows that a plan has worked through, of every step and every loop. */
const rowsOf = (node: Node): number =>
  ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0)) *
    (node['Actual Loops'] ?? 0) +
  (node.Plans ?? []).reduce((sum, inner) => sum + rowsOf(inner), 0);

const told: { readonly statement: string; readonly rows: number }[] = [];

/** The same ledger through connections that tell what each statement has done. */
const watched = (ledger: Ledger, url: string): Ledger & { readonly end: () => Promise<void> } => {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    client_min_messages: 'notice',
    statement_timeout: '20s',
  };
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
  const pool = new Pool({ connectionString: url, options, max: 4 });
  pool.on('connect', (client) =>
    client.on('notice', ({ message }) => {
      const plan = message?.slice(message.indexOf('{'));
      if (plan === undefined || !message?.includes('plan:')) return;
      const { 'Query Text': statement, Plan } = Told.parse(JSON.parse(plan));
      told.push({ statement: statement.replaceAll(/\s+/g, ' '), rows: rowsOf(Plan) });
    }),
  );
  const db: Ledger['db'] = new Kysely({ dialect: new PostgresDialect({ pool }) });
  return { ...ledger, db, end: () => db.destroy() };
};

const filled = [
  'staged_user',
  'staged_key',
  'account',
  'account_key',
  'outcome',
  'change',
  'looked_for',
  'found_account',
];

const runOf = (id: string): Parameters<typeof createRun>[1] => ({
  ...({ id, connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: null } as const),
  ...{ workflowId: `w/${id}`, startedBy: 'test' },
});

/** A run with candidates who have a key each; every second key leads to two accounts, which is one too many. */
const fill = async ({ db }: Ledger, run: string): Promise<void> => {
  await createRun({ ...ledger, db }, runOf(run));
  await pinRun({ ...ledger, db }, { id: run, version: 1, targets: [target.id], warnings: [] });
  await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at)
    select ${run}, ${target.id}, n, 'person-' || n, '', '', now() from generate_series(0, ${people - 1}::integer) n`.execute(
    db,
  );
  await sql`insert into staged_key (run, target, pos, step, digest)
    select ${run}, ${target.id}, n, 0, sha256(int4send(n)) from generate_series(0, ${people - 1}::integer) n`.execute(
    db,
  );
  await sql`insert into account (run, target, digest, sealed)
    select ${run}, ${target.id}, sha256(int4send(-n)), '' from generate_series(1, ${people}::integer) n`.execute(db);
  await sql`insert into account_key (run, target, key_digest, account_digest)
    select ${run}, ${target.id}, sha256(int4send(n - n % 2)), sha256(int4send(-n - 1))
    from generate_series(0, ${people - 1}::integer) n`.execute(db);
};

/** Makes the first 200 people matched, and plans two changes of each of the next 600. */
const plan = async ({ db }: Ledger, run: string): Promise<void> => {
  await sql`update staged_user set state = case when pos < 200 then 'matched' else 'planned' end
    where run = ${run} and pos < 800`.execute(db);
  await sql`insert into change (run, target, person, attribute, pos, "foreign")
    select ${run}, ${target.id}, 'person-' || n, attribute, n, false
    from generate_series(200, 799) n, unnest(array['field:a', 'field:b']) attribute`.execute(db);
};

/** A plan that was held as a whole is turned down, after an increment has gone through everybody in it. */
const turnDown = async ({ db }: Ledger, run: string): Promise<void> => {
  const guard = { figures: [], breaches: [], atFault: [{ target: target.id, attribute: 'field:b' }] };
  await sql`update run set guard = ${JSON.stringify(guard)}::jsonb, status = 'rejected' where id = ${run}`.execute(db);
  await sql`insert into decision (run, decision, who, version) values (${run}, 'rejected', 'ann', 1)`.execute(db);
  await sql`insert into watermark (connector, basis, value_sealed, run) values ('acme', 'version 1', '', 'earlier')`.execute(
    db,
  );
  await createRun({ ...ledger, db }, { ...runOf('increment'), mode: 'delta' });
  await sql`update run set status = 'done', finished_at = now() where id = 'increment'`.execute(db);
  await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
    select 'increment', 0, 0, 'place', true, ${people}::integer, array_agg('person-' || n), '{}', now()
    from generate_series(0, ${people - 1}::integer) n`.execute(db);
};

let ledger: Ledger;
let url = '';
let close = async (): Promise<void> => undefined;
before(async () => {
  ({ ledger, url, close } = await freshDatabase());
  await fill(ledger, 'earlier');
  await matchAccounts(ledger, { id: 'earlier', connector: 'acme' }, target);
  await plan(ledger, 'earlier');
  for (const table of filled) await sql`analyze ${sql.table(table)}`.execute(ledger.db);
  await closeRun(ledger, 'earlier', { status: 'done', failure: null });
});
after(() => close());

/** Keeps everybody from counting these tables, as a vacuum that takes its time does. */
const vacuumed = async (): Promise<() => Promise<void>> => {
  const client = new Client(url);
  await client.connect();
  await client.query('begin');
  for (const table of filled) await client.query(`lock table ${table} in share update exclusive mode`);
  return () => client.end();
};

test('no statement of a run takes the square of its people, whatever the database knows of it', async () => {
  const { end, ...at } = watched(ledger, url);
  const done = await vacuumed();
  try {
    await fill(ledger, 'now');
    await matchAccounts(at, { id: 'now', connector: 'acme' }, target);
    await plan(ledger, 'now');
    assert.deepEqual(await rangesToPlan(at, 'now', 200), [{ target: target.id, count: 200, ranges: [[0, 200]] }]);
    const writer = { connector: 'acme', target: { ...target, settleMs: 0 }, run: 'now' };
    for (let from = 0; from < 200; from += 50) {
      await storePlan(
        at,
        writer,
        Array.from({ length: 50 }, (_, index) => asIs(from + index)),
      );
    }
    const run = await findRun(at, 'now');
    assert.ok(run !== null);
    const counting = { targets: [target.id], windowMs: 604_800_000 };
    const { targets } = (await planImpacts(at, run, counting)).run;
    assert.equal(targets[0]?.attributes.length, 2);
    await inTransaction(at, async (db) => {
      const within = { ...at, db };
      await createRun(within, { ...runOf('held'), heldFrom: 'now' });
      await takeOut(within, { from: 'now', to: 'held', out: [{ target: target.id, attribute: 'field:a' }] });
    });
    await closeRun(at, 'now', { status: 'awaitingApproval', failure: null });
    await closeRun(at, 'held', { status: 'awaitingApproval', failure: null });
    await fill(ledger, 'next');
    await plan(ledger, 'next');
    const next = { id: 'next', connector: 'acme', version: 1, retryOf: null };
    await inTransaction(at, (db) => leaveHeld({ ...at, db }, next));
    const { rows } = await sql`select 1 from change where run = 'next' and attribute = 'field:a'`.execute(ledger.db);
    assert.equal(rows.length, 0, 'what is held is left');
    await closeRun(at, 'next', { status: 'cancelled', failure: null });
    await turnDown(ledger, 'now');
    assert.equal((await givenUp(at, 'acme')).length, 600, 'an increment has read everybody whose plan was turned down');
  } finally {
    await done();
    await end();
  }
  assert.ok(told.length > 60, 'the database tells of the statements');
  for (const part of ['insert into found_account', 'delete from change c using owner', 'update change c set run']) {
    assert.ok(
      told.some(({ statement }) => statement.includes(part)),
      part,
    );
  }
  const most = told.filter(({ rows }) => rows > rowsAPerson * people);
  assert.equal(most.map(({ statement, rows }) => `${rows} rows: ${statement.slice(0, 200)}`).join('; '), '');
  const ofBatch = told.filter(({ statement }) => statement.includes('insert into parity'));
  for (const { rows } of ofBatch) assert.ok(rows < people, `${rows} rows for a batch of 50`);
});

test('nor does matching where everybody who is passed over claims an account that somebody else is matched to', async () => {
  const { end, ...at } = watched(ledger, url);
  const done = await vacuumed();
  const { db } = ledger;
  const run = 'contested';
  told.length = 0;
  try {
    await createRun(ledger, runOf(run));
    await pinRun(ledger, { id: run, version: 1, targets: [target.id], warnings: [] });
    const everybody = sql`generate_series(0, ${people - 1}::integer) n`;
    await sql`insert into looked_for (connector, target, person, keys_digest, looked_at, ended, version, keys)
      select 'acme', ${target.id}, 'passed-' || n, '', now(), 'noAccount', 1, array[sha256(int4send(1000000 + n))]
      from ${everybody}`.execute(db);
    await sql`insert into outcome (run, target, person, outcome, reason)
      select ${run}, ${target.id}, 'passed-' || n, 'unmatched', 'noAccount' from ${everybody}`.execute(db);
    await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at)
      select ${run}, ${target.id}, n, 'other-' || n, '', '', now() from ${everybody}`.execute(db);
    await sql`insert into staged_key (run, target, pos, step, digest)
      select ${run}, ${target.id}, n, 0, sha256(int4send(2000000 + n)) from ${everybody}`.execute(db);
    await sql`insert into account (run, target, digest, sealed)
      select ${run}, ${target.id}, sha256(int4send(-n - 1)), '' from ${everybody}`.execute(db);
    await sql`insert into account_key (run, target, key_digest, account_digest)
      select ${run}, ${target.id}, sha256(int4send(key + n)), sha256(int4send(-n - 1))
      from ${everybody}, unnest(array[1000000, 2000000]) key`.execute(db);
    await matchAccounts(at, { id: run, connector: 'acme' }, target);
    const { rows } = await sql<{ count: number }>`select count(*)::integer as count from outcome
      where run = ${run} and reason = 'accountClaimedTwice'`.execute(db);
    assert.equal(rows[0]?.count, 2 * people);
  } finally {
    await done();
    await end();
  }
  assert.ok(told.some(({ statement }) => statement.includes('cross join lateral unnest(l.keys) key')));
  const most = told.filter(({ rows }) => rows > rowsAPerson * people);
  assert.equal(most.map(({ statement, rows }) => `${rows} rows: ${statement.slice(0, 200)}`).join('; '), '');
});

test('nor does looking for links that a listing of everybody does not show', async () => {
  const { end, ...at } = watched(ledger, url);
  const done = await vacuumed();
  const { db } = ledger;
  const run = { id: 'listed', connector: 'acme', readNo: 0 };
  told.length = 0;
  try {
    await createRun(ledger, runOf(run.id));
    const everybody = sql`generate_series(0, ${people - 1}::integer) n`;
    await sql`insert into read_page (run, read_no, page_no, ended, users, seen, unchanged, read_at)
      select ${run.id}, 0, 0, true, ${people}::integer, array_agg('linked-' || n), '{}', now() from ${everybody}`.execute(
      db,
    );
    await sql`insert into profile (connector, target, person, account_digest, source_read_at, last_run, link_basis)
      select 'acme', ${target.id}, 'linked-' || n, sha256(int4send(n)), now(), 'earlier', ${target.basis}
      from ${everybody}`.execute(db);
    await sql`insert into account_page (run, target, page_no, everybody)
      values (${run.id}, ${target.id}, 0, true)`.execute(db);
    await sql`insert into account (run, target, digest, sealed)
      select ${run.id}, ${target.id}, sha256(int4send(n)), '' from ${everybody} where n > 0`.execute(db);
    assert.deepEqual(await vanishedLinks(at, run, target, 500), [{ person: 'linked-0', pageNo: 0 }]);
  } finally {
    await done();
    await end();
  }
  const most = told.filter(({ rows }) => rows > rowsAPerson * people);
  assert.ok(told.length > 0);
  assert.equal(most.map(({ statement, rows }) => `${rows} rows: ${statement.slice(0, 200)}`).join('; '), '');
});

/** A person whose account was found to hold what is wanted. */
const asIs = (pos: number): PlannedUser => ({
  ...{ pos, person: `person-${pos}`, changes: [], rows: new Map(), adopted: 0, stood: [], outcome: null },
  ...{ found: null, leftAlone: [], record: null, seen: null },
});
