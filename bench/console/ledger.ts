import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { ApiParts } from '../../src/api/parts.ts';
import { noLeavers } from '../../src/core/report/leaver-counts.ts';
import { tally } from '../../src/core/report/outcome.ts';
import { noCalls, type Report } from '../../src/core/report/report.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { endRun } from '../../src/ledger/runs/ending.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { storeLargePlan } from '../large-plan.ts';

/** Where the built pages are. */
export const dist = fileURLToPath(new URL('../../console/dist/', import.meta.url));

/** The API with nothing behind it but the ledger: no directory and no target is asked here. */
export const partsOver = (ledger: Ledger, progress: ApiParts['progress']): ApiParts => {
  const nobody = async (): Promise<never> => {
    throw new Error('nobody is asked in this benchmark');
  };
  return {
    ledger,
    starter: {
      startFullSync: nobody,
      startSyncUser: nobody,
      startApplyPlan: nobody,
      findUser: nobody,
      ask: nobody,
      cancel: nobody,
    },
    schedules: { states: async () => [], pause: nobody },
    config: {
      readPlain: nobody,
      readDefinition: () => {
        throw new Error('no definition is read in this benchmark');
      },
      requestsAt: () => null,
    },
    configured: async () => [],
    progress,
    ready: {},
    version: 'bench',
    embedded: { database: true, temporal: true },
    temporalUi: null,
    console: dist,
    eventsEveryMs: 1_000,
  };
};

/** One run of everybody in which nobody had an account, and a plan that would change everybody. */
export const fill = async (ledger: Ledger, people: number): Promise<void> => {
  await storeConnector(ledger, {
    connector: 'acme',
    managedBy: 'api',
    definition: { connector: { id: 'acme', source: { kind: 'entra' }, to: [] }, targets: {} },
    createdBy: 'bench',
    comment: null,
  });
  const row = {
    connector: 'acme',
    version: 1,
    mode: 'full',
    intent: 'apply',
    person: null,
    startedBy: 'bench',
  } as const;
  // Planned before everybody was read once more: what is told of people is told by the later run.
  for (const id of ['plan', 'first']) {
    await createRun(ledger, { ...row, id, workflowId: id });
    await sql`update run set guard = '{"figures": [], "breaches": []}', targets = '{jira}' where id = ${id}`.execute(
      ledger.db,
    );
  }
  await sql`update run set status = 'planned', finished_at = now(), plan_expires_at = now() + interval '7 days',
    plan_digest = ${'0'.repeat(64)} where id = 'plan'`.execute(ledger.db);
  await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
    values ('first', 0, 0, null, true, ${people}, '{}', '{}', now())`.execute(ledger.db);
  for (let from = 0; from < people; from += 10_000) {
    const length = Math.min(10_000, people - from);
    const ids = Array.from({ length }, (_, n) => `id-${from + n}`);
    await insertOutcomes(
      ledger,
      'first',
      ids.map((person) => ({ target: 'jira', person, outcome: 'unmatched', reason: 'noAccount' })),
    );
  }
  const ended = { failure: null, planDays: 7, note: null };
  await endRun(ledger, 'first', { ...ended, status: 'done', report: reportOf(people) });
  const plan = { id: 'plan', connector: 'acme' };
  await storeLargePlan(ledger, plan, { target: 'jira', attribute: 'userProperty:Company', people });
  await sql`analyze`.execute(ledger.db);
};

/** The report of a run that read everybody and found nobody an account. */
const reportOf = (people: number): Report => ({
  run: 'first',
  connector: 'acme',
  mode: 'full',
  intent: 'apply',
  status: 'done',
  read: { users: people, pages: 1, complete: true, proof: 'everybody', calls: noCalls },
  targets: {
    jira: {
      ...tally({ unmatched: people }),
      changes: { set: 0, cleared: 0 },
      adopted: 0,
      calls: noCalls,
      kept: [],
      reasons: [],
      parity: [],
      leavers: noLeavers,
    },
  },
  guard: { figures: [], breaches: [] },
  heldFrom: null,
  retryOf: null,
  holds: null,
  decision: null,
  failures: { new: 0, known: 0 },
  forecast: null,
  warnings: [],
  failure: null,
  durationMs: 1,
  waitedMs: 0,
});
