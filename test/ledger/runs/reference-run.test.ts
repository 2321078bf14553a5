import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Outcome } from '../../../src/core/report/outcome.ts';
import type { ReasonCode } from '../../../src/core/report/reasons.ts';
import { noCalls, type RunStatus } from '../../../src/core/report/report.ts';
import type { Ledger } from '../../../src/ledger/open.ts';
import { approvePlan, rejectPlan, supersedePlans, takeUpPlan } from '../../../src/ledger/runs/decisions.ts';
import { planImpacts } from '../../../src/ledger/runs/impact.ts';
import { insertOutcomes } from '../../../src/ledger/runs/outcomes.ts';
import { openProgress } from '../../../src/ledger/runs/progress.ts';
import { wasOvertaken } from '../../../src/ledger/runs/reference-run.ts';
import { composeReport } from '../../../src/ledger/runs/reports.ts';
import { createRun, findRun, type Run, storeVerdict } from '../../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const everybody = ['ann', 'ben', 'cid', 'dot', 'eve'];

/** How a person ended in a run; `unchanged` has no row, and `repaired` was looked at and found to be in order. */
type End = 'unchanged' | 'repaired' | Extract<Outcome, 'updated' | 'unmatched' | 'outOfScope' | 'failed'>;

/** A run as the model knows it; `from` tells whether it read everybody or what changed. */
type Past = {
  readonly kind: 'full' | 'verify' | 'delta' | 'deltaFromStart' | 'single';
  readonly ends: ReadonlyMap<string, readonly [End, ReasonCode]>;
  readonly became:
    | 'done'
    | 'held'
    | 'planned'
    | 'rejected'
    | 'superseded'
    | 'approved'
    | 'approvedThenCancelled'
    | 'failedInRead'
    | 'failedInApply'
    | 'cancelledInRead'
    | 'skipped';
};

const endings = fc.constantFrom<End>('unchanged', 'repaired', 'updated', 'unmatched', 'outOfScope', 'failed');

const pasts: fc.Arbitrary<Past> = fc.record({
  kind: fc.constantFrom('full', 'full', 'verify', 'delta', 'delta', 'deltaFromStart', 'single'),
  ends: fc
    .uniqueArray(
      fc.tuple(fc.constantFrom(...everybody), endings, fc.constantFrom<ReasonCode>('refused', 'stepFailed')),
      {
        selector: ([person]) => person,
      },
    )
    .map((all) => new Map(all.map(([person, end, reason]) => [person, [end, reason] as const]))),
  became: fc.constantFrom(
    'done',
    'done',
    'done',
    'held',
    'planned',
    'rejected',
    'superseded',
    'approved',
    'approvedThenCancelled',
    'failedInRead',
    'failedInApply',
    'cancelledInRead',
    'skipped',
  ),
});

const isSingle = ({ kind }: Past): boolean => kind === 'single';
const readsEverybody = ({ kind }: Past): boolean => kind !== 'delta' && kind !== 'single';
const isJudged = ({ became }: Past): boolean => !['failedInRead', 'cancelledInRead', 'skipped'].includes(became);
const isMeasure = (past: Past): boolean =>
  readsEverybody(past) && ['done', 'approved', 'approvedThenCancelled'].includes(past.became);
const isCarriedOut = (past: Past): boolean => !isSingle(past) && ['done', 'approved'].includes(past.became);

/** What the run to compare with gives, worked out from the list of all runs. */
const expected = (earlier: readonly Past[], now: Past) => {
  const measure = earlier.findLast(isMeasure);
  const began = earlier.findLastIndex((past) => readsEverybody(past) && isJudged(past));
  const since = began === -1 ? [] : earlier.slice(began).filter((past) => !isSingle(past) && isJudged(past));
  const lastEnd = (person: string) =>
    since.findLast(({ ends }) => (ends.get(person)?.[0] ?? 'unchanged') !== 'unchanged')?.ends.get(person);
  const people = [...now.ends];
  const known = people.filter(([person, [end, reason]]) => {
    const last = lastEnd(person);
    return end === 'failed' && last?.[0] === 'failed' && last[1] === reason;
  }).length;
  const newlyUnmatched = people.filter(([person, [end]]) => {
    const before = measure?.ends.get(person)?.[0];
    return end === 'unmatched' && before !== undefined && before !== 'unmatched' && before !== 'outOfScope';
  }).length;
  return {
    lastUsers: measure?.ends.size ?? null,
    newlyUnmatched,
    failures: { known, new: people.filter(([, [end]]) => end === 'failed').length - known },
  };
};

describe('the run to compare with', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  /** Stores what a run's steps would have stored until it ended like this. */
  const store = async (connector: string, past: Past): Promise<Run> => {
    const id = randomUUID();
    const { kind, became } = past;
    const mode = kind === 'verify' ? 'verify' : kind.startsWith('delta') ? 'delta' : 'full';
    await createRun(ledger, { ...newRun(id, connector), mode, person: kind === 'single' ? 'ann' : null });
    const people = [...past.ends.keys()];
    const looked = isJudged(past);
    if (became !== 'skipped') {
      await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
        values (${id}, 0, 0, ${kind === 'delta' ? Buffer.from('place') : null}, ${looked}, ${people.length}, ${people},
          '{}', now())`.execute(ledger.db);
    }
    const rows = [...past.ends].flatMap(([person, [end, reason]]) =>
      end === 'unchanged' || end === 'repaired' ? [] : [{ target: 'jira', person, outcome: end, reason } as const],
    );
    const repaired = [...past.ends].filter(([, [end]]) => end === 'repaired').map(([person]) => person);
    if (looked) {
      await insertOutcomes(ledger, id, rows);
      await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, state)
        select ${id}, 'jira', row_number() over (), p, '', '', now(), 'unchanged'
        from unnest(${repaired}::text[]) p`.execute(ledger.db);
      if (kind !== 'single') await storeVerdict(ledger, id, { figures: [], breaches: [] }, 86_400_000);
    } else if (became !== 'skipped') {
      const left = people.map(
        (person) => ({ target: 'jira', person, outcome: 'skipped', reason: 'runEnded' }) as const,
      );
      await insertOutcomes(ledger, id, left);
    }
    const complete = became !== 'skipped' && looked;
    const proof = complete ? ('everybody' as const) : ('none' as const);
    const read = { users: people.length, pages: 1, complete, proof, calls: noCalls };
    const end = (status: RunStatus) => finish(ledger, id, status, { read });
    if (became === 'done') await end(rows.some(({ outcome }) => outcome === 'failed') ? 'doneWithFailures' : 'done');
    if (became === 'held' || became === 'rejected' || became === 'superseded') await end('awaitingApproval');
    if (became === 'planned') await end('planned');
    if (became === 'rejected') await rejectPlan(ledger, { run: id, who: 'ann', comment: null });
    if (became === 'superseded') await supersedePlans(ledger, { id: 'none', connector, mode, retryOf: null }, true);
    if (became === 'approved' || became === 'approvedThenCancelled') {
      await end('awaitingApproval');
      await approvePlan(ledger, { run: id, who: 'ann', comment: null });
      await takeUpPlan(ledger, { run: id, workflowId: `apply-${id}`, namespace: 'default' });
      await end(became === 'approved' ? 'done' : 'cancelled');
    }
    if (became === 'failedInRead' || became === 'failedInApply') await end('failed');
    if (became === 'cancelledInRead') await end('cancelled');
    if (became === 'skipped') await end('skipped');
    const run = await findRun(ledger, id);
    assert.ok(run !== null);
    return run;
  };

  /** Stores a run that stands before its judge. */
  const storePresent = async (connector: string, past: Past): Promise<Run> => {
    const run = await store(connector, { ...past, became: 'held' });
    await sql`update run set status = 'running', guard = null, report = null where id = ${run.id}`.execute(ledger.db);
    return { ...run, guard: null, report: null, status: 'running' };
  };

  const figures = async (run: Run) => {
    const { run: impact } = await planImpacts(ledger, run, { targets: ['jira'], windowMs: 86_400_000 });
    const { failures } = await composeReport(ledger, run, { status: 'done', failure: null });
    return { lastUsers: impact.lastUsers, newlyUnmatched: impact.targets[0]?.newlyUnmatched ?? 0, failures };
  };

  it('is the same as in a plain list of runs, whatever has happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pasts, { maxLength: 9 }), pasts, async (earlier, last) => {
        const connector = randomUUID();
        const stored: Run[] = [];
        for (const past of earlier) stored.push(await store(connector, past));
        const now = { ...last, kind: last.kind === 'single' ? 'full' : last.kind } as const;
        const run = await storePresent(connector, now);
        const want = expected(earlier, now);
        const lastUsers = readsEverybody(now) ? want.lastUsers : null;
        assert.deepEqual(await figures(run), { ...want, lastUsers });
        assert.equal((await openProgress(ledger)(run.id))?.users.expected, want.lastUsers);
        for (const [index, one] of stored.entries()) {
          assert.equal(await wasOvertaken(ledger, one), earlier.slice(index + 1).some(isCarriedOut));
        }
      }),
      { numRuns: 120 },
    );
  });

  const run = (kind: Past['kind'], became: Past['became'], ends: Record<string, End>): Past => ({
    kind,
    became,
    ends: new Map(Object.entries(ends).map(([person, end]) => [person, [end, 'refused']])),
  });

  it('is not the increment in between: whoever was unmatched before is not newly so', async () => {
    await store('after-delta', run('full', 'done', { ann: 'unmatched', ben: 'unchanged' }));
    await store('after-delta', run('delta', 'done', { ben: 'updated' }));
    const now = await storePresent('after-delta', run('full', 'done', { ann: 'unmatched', ben: 'unmatched' }));
    assert.equal((await figures(now)).newlyUnmatched, 1);
  });

  it('is not a run that was held: a directory that has shrunk is held again the next night', async () => {
    await store('shrunk', run('full', 'done', { ann: 'unchanged', ben: 'unchanged', cid: 'unchanged' }));
    await store('shrunk', run('full', 'held', { ann: 'unchanged' }));
    const again = await storePresent('shrunk', run('full', 'done', { ann: 'unchanged' }));
    assert.equal((await figures(again)).lastUsers, 3);
  });

  it('is a run that somebody approved, even if applying it did not end well', async () => {
    await store('approved', run('full', 'done', { ann: 'unchanged', ben: 'unchanged', cid: 'unchanged' }));
    await store('approved', run('full', 'approvedThenCancelled', { ann: 'unchanged' }));
    const again = await storePresent('approved', run('full', 'done', { ann: 'unchanged' }));
    assert.equal((await figures(again)).lastUsers, 1);
  });

  it('is not a run that looked at nobody: a standing failure stays known after a skipped increment', async () => {
    await store('skipped', run('full', 'done', { ann: 'failed' }));
    await store('skipped', run('delta', 'skipped', {}));
    const now = await storePresent('skipped', run('full', 'done', { ann: 'failed' }));
    assert.deepEqual((await figures(now)).failures, { new: 0, known: 1 });
  });

  it('says nothing of people who were not there: whoever is new and has no account is not newly unmatched', async () => {
    await store('new-people', run('full', 'done', { ann: 'unchanged' }));
    const now = await storePresent('new-people', run('full', 'done', { ann: 'unchanged', ben: 'unmatched' }));
    assert.equal((await figures(now)).newlyUnmatched, 0);
  });
});
