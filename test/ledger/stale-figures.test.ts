import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import { z } from 'zod';
import { closeRun } from '../../src/engine/close.ts';
import { matchAccounts } from '../../src/ledger/links/match-accounts.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { rangesToPlan } from '../../src/ledger/plan/ranges.ts';
import { type PlannedUser, storePlan } from '../../src/ledger/plan/store-plan.ts';
import { createRun, pinRun } from '../../src/ledger/runs/runs.ts';
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

/** A run with candidates who have a key each; every second key leads to two accounts, which is one too many. */
const fill = async ({ db }: Ledger, run: string): Promise<void> => {
  const at = { id: run, connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: null } as const;
  await createRun({ ...ledger, db }, { ...at, workflowId: `w/${run}`, startedBy: 'test' });
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

let ledger: Ledger;
let url = '';
let close = async (): Promise<void> => undefined;
before(async () => {
  ({ ledger, url, close } = await freshDatabase());
  for (const table of filled)
    await sql`alter table ${sql.table(table)} set (autovacuum_enabled = false)`.execute(ledger.db);
  await fill(ledger, 'earlier');
  await matchAccounts(ledger, { id: 'earlier', connector: 'acme' }, target);
  for (const table of filled) await sql`analyze ${sql.table(table)}`.execute(ledger.db);
  await closeRun(ledger, 'earlier', { status: 'done', failure: null });
});
after(() => close());

test('no statement of a run takes the square of its people, whatever the database knows of it', async () => {
  const { end, ...at } = watched(ledger, url);
  try {
    await fill(ledger, 'now');
    await matchAccounts(at, { id: 'now', connector: 'acme' }, target);
    // Some are found in order, a few at a time as a batch does it.
    await sql`update staged_user set state = 'matched' where run = 'now' and pos < 200`.execute(ledger.db);
    assert.deepEqual(await rangesToPlan(at, 'now', 200), [{ target: target.id, count: 200, ranges: [[0, 200]] }]);
    const writer = { connector: 'acme', target: { ...target, settleMs: 0 }, run: 'now' };
    for (let from = 0; from < 200; from += 50) {
      await storePlan(
        at,
        writer,
        Array.from({ length: 50 }, (_, index) => asIs(from + index)),
      );
    }
    await closeRun(at, 'now', { status: 'done', failure: null });
  } finally {
    await end();
  }
  assert.ok(told.length > 40, 'the database tells of the statements');
  assert.ok(told.some(({ statement }) => statement.includes('insert into found_account')));
  const most = told.filter(({ rows }) => rows > rowsAPerson * people);
  assert.equal(most.map(({ statement, rows }) => `${rows} rows: ${statement.slice(0, 200)}`).join('; '), '');
  const ofBatch = told.filter(({ statement }) => statement.includes('insert into parity'));
  for (const { rows } of ofBatch) assert.ok(rows < people, `${rows} rows for a batch of 50`);
});

/** A person whose account was found to hold what is wanted. */
const asIs = (pos: number): PlannedUser => ({
  ...{ pos, person: `person-${pos}`, changes: [], rows: new Map(), adopted: 0, stood: [], outcome: null },
  ...{ found: null, leftAlone: [], record: null, seen: null },
});
