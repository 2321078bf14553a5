import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { planView } from '../src/api/views/plan.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { openLedger } from '../src/ledger/open.ts';
import { changeKinds, newValues } from '../src/ledger/plan/change-kinds.ts';
import { createRun, findRun } from '../src/ledger/runs/runs.ts';
import { parseKeys } from '../src/ledger/sealing/keys.ts';
import { storeLargePlan } from './large-plan.ts';
import { livingBytes, mebibytes, numberOption } from './measure.ts';

const attribute = 'userProperty:Company';
const at = { target: 'jira', attribute } as const;

/** What a plan page may take, in seconds, and in bytes that stay. */
const most = { seconds: 5, bytes: 64 * 1024 * 1024 };

/** The plan page and the kinds of change over a plan of many changes, and of as many accounts; false beyond the bar. */
export const plans = async (args: readonly string[]): Promise<boolean> => {
  const people = numberOption(args, 'users', 200_000);
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
  try {
    const keys = parseKeys(`bench:${randomBytes(32).toString('base64')}`);
    const ledger = await openLedger({ url: postgres.url, keys });
    const run = { id: 'plan', connector: 'acme', version: 1, mode: 'full', intent: 'plan', person: null } as const;
    await createRun(ledger, { ...run, workflowId: 'bench', startedBy: 'bench' });
    await storeLargePlan(ledger, run, { ...at, people });
    await sql`analyze`.execute(ledger.db);
    const stored = await findRun(ledger, run.id);
    if (stored === null) throw new Error('the run is gone');
    const before = livingBytes();
    const times: [string, number][] = [];
    const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const since = performance.now();
      await work();
      times.push([what, (performance.now() - since) / 1000]);
    };
    await timed('plan', () => planView(ledger, stored, Date.now()));
    await timed('kinds', () => changeKinds(ledger, run.id, at, 50));
    await timed('new values', () => newValues(ledger, stored, at));
    const grown = livingBytes() - before;
    for (const [what, seconds] of times) console.log(`${what.padEnd(12)} ${people} changes  ${seconds.toFixed(2)} s`);
    console.log(`memory that stays: ${mebibytes(Math.max(0, grown))} MiB`);
    await ledger.close();
    return times.every(([, seconds]) => seconds < most.seconds) && grown < most.bytes;
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
