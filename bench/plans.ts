import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { planView } from '../src/api/views/plan.ts';
import { startEmbeddedPostgres } from '../src/embedded/postgres/start.ts';
import { type Ledger, openLedger } from '../src/ledger/open.ts';
import { changeKinds, newValues } from '../src/ledger/plan/change-kinds.ts';
import { createRun, findRun, type Run } from '../src/ledger/runs/runs.ts';
import { parseKeys } from '../src/ledger/sealing/keys.ts';
import { targetDefinitions } from '../src/targets/index.ts';
import { atMost, type Findings, rounded } from './findings.ts';
import { storeLargePlan } from './large-plan.ts';
import { livingBytes, numberOption } from './measure.ts';

const attribute = 'userProperty:Company';
const at = { target: 'jira', attribute } as const;

/** How the requests are counted at the one target. */
const counted =
  targetDefinitions.get('jira')?.requests({
    ...{ kind: 'jira', url: 'https://jira.example', store: 'userProperty' },
    auth: { username: 'attune', password: { env: 'ATTUNE_SECRET_JIRA' } },
  }) ?? null;

/** What a plan page may take, in seconds, and in bytes that stay. */
const most = { seconds: 5, MiB: 64 };

/**
 * A plan of every tenth of these changes: what all other accounts hold has to be opened to tell what is new. The values are
 * sealed for the first plan, and only their digests are looked at here.
 */
const aTenth = async (ledger: Ledger, run: Run): Promise<Run> => {
  const id = 'tenth';
  const { connector, version, mode, intent, person, workflowId, startedBy } = run;
  await createRun(ledger, { id, connector, version, mode, intent, person, workflowId, startedBy });
  await sql`insert into change (run, target, person, attribute, pos, before_sealed, before_digest, after_sealed,
      after_digest, "foreign")
    select ${id}, target, person, attribute, pos, before_sealed, before_digest, after_sealed, after_digest, "foreign"
    from change where run = ${run.id} and pos % 10 = 0`.execute(ledger.db);
  await sql`analyze change`.execute(ledger.db);
  return { ...run, id };
};

/** The plan page and the kinds of change over a plan of many changes, and of as many accounts. */
export const plans = async (args: readonly string[]): Promise<Findings> => {
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
    const tenth = await aTenth(ledger, stored);
    const before = livingBytes();
    const times: [string, number][] = [];
    const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
      const since = performance.now();
      await work();
      times.push([what, (performance.now() - since) / 1000]);
    };
    await timed('the plan', () => planView(ledger, stored, Date.now(), () => counted));
    await timed('its kinds', () => changeKinds(ledger, run.id, at, 50));
    await timed('its new values', () => newValues(ledger, stored, at));
    await timed('the new values of a tenth of it', () => newValues(ledger, tenth, at));
    const grown = Math.max(0, livingBytes() - before) / 1024 / 1024;
    await ledger.close();
    const of = `a plan of ${people} changes`;
    return {
      bars: [
        ...times.map(([what, seconds]) =>
          atMost(`plan.${what}`, `${of}: ${what} in ${most.seconds} s`, seconds, most.seconds, ' s'),
        ),
        atMost('plan.memory', `${of}: at most ${most.MiB} MiB stay`, grown, most.MiB, ' MiB'),
      ],
      tables: [
        {
          title: `What is told of ${of}`,
          rows: times.map(([what, seconds]) => ({ what, s: rounded(seconds) })),
        },
      ],
    };
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};
