import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { GuardSettings } from '../../src/core/plan/guard.ts';
import { noCalls } from '../../src/core/report/report.ts';
import { judge } from '../../src/engine/judge.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { createRun, findRun, pinRun, storeVerdict } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { companyOf, guardOff } from '../fixtures/nights.ts';
import { defaultGuard } from '../fixtures/runs.ts';

/** A plan as it is stored: how many of the people of a directory are changed, cleared, overwritten, without an account. */
type Plan = {
  readonly users: number;
  readonly changed?: number;
  readonly cleared?: number;
  readonly foreign?: number;
  readonly unmatched?: number;
  readonly daysAgo?: number;
};

describe('the guard over stored rows', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const call = { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY, count: () => undefined };

  /** Stores what a full run of `linked` people would have stored before its judge; the people of each kind are different ones. */
  const store = async (connector: string, plan: Plan): Promise<string> => {
    const { users, changed = 0, cleared = 0, foreign = 0, unmatched = 0, daysAgo = 0 } = plan;
    const id = randomUUID();
    await createRun(ledger, newRun(id, connector));
    await pinRun(ledger, { id, version: 1, targets: ['jira'], warnings: [] });
    await sql`update run set started_at = now() - make_interval(days => ${daysAgo}) where id = ${id}`.execute(
      ledger.db,
    );
    await sql`insert into read_page (run, read_no, page_no, ended, users, seen, unchanged, read_at)
      select ${id}, 0, 0, true, ${users}, array_agg('id-' || n), '{}', now()
      from generate_series(1, ${users}::integer) n`.execute(ledger.db);
    await sql`update run set read_proof = 'everybody' where id = ${id}`.execute(ledger.db);
    // Each kind has people of its own, so that a figure moves alone; a run of another day has others as well.
    const kinds: readonly [string, number, Buffer | null, Buffer | null, boolean][] = [
      ['changed', changed, Buffer.from('b'), Buffer.from('a'), false],
      ['cleared', cleared, Buffer.from('b'), null, false],
      ['foreign', foreign, null, Buffer.from('a'), true],
    ];
    for (const [kind, count, was, is, theirs] of kinds) {
      await sql`insert into change (run, target, person, attribute, pos, before_sealed, after_sealed, "foreign", status)
        select ${id}, 'jira', ${`${kind}-${daysAgo}-`} || n, 'userProperty:Title', n, ${was}, ${is}, ${theirs}, 'planned'
        from generate_series(1, ${count}::integer) n`.execute(ledger.db);
    }
    await sql`insert into outcome (run, target, person, outcome, reason)
      select ${id}, 'jira', 'id-' || n, 'unmatched', 'noAccount' from generate_series(1, ${unmatched}::integer) n`.execute(
      ledger.db,
    );
    return id;
  };

  /** Carries out a run that is stored: it counts from now on. */
  const carryOut = async (id: string, users: number, linked: number): Promise<void> => {
    await sql`update change set status = 'applied' where run = ${id}`.execute(ledger.db);
    await storeVerdict(ledger, id, { figures: [], breaches: [], linked: { jira: linked } }, 1_000);
    const read = { users, pages: 1, complete: true, proof: 'everybody' as const, calls: noCalls };
    await finish(ledger, id, 'done', { read });
  };

  /** What the guard says of a plan that follows some runs that were carried out. */
  const verdict = async (settings: GuardSettings, linked: number, past: readonly Plan[], plan: Plan) => {
    const company = await companyOf(ledger, 0, settings);
    for (const one of past) await carryOut(await store(company.id, one), one.users, linked);
    const id = await store(company.id, plan);
    const run = await findRun(ledger, id);
    assert.ok(run);
    const judged = await judge({ ledger, connector: await company.stored(), run, call, now: Date.now });
    const guard = (await findRun(ledger, id))?.guard;
    return { judged: judged.verdict, breaches: guard?.breaches ?? [] };
  };

  it('25,000 people without a seat: held on the night they lose it, by nothing on every night after; without a guard let through', async () => {
    const directory = { users: 60_000 };
    const lost = { ...directory, unmatched: 25_000 };
    const settled = { ...directory, daysAgo: 1 };
    const held = await verdict(defaultGuard, 60_000, [settled], lost);
    assert.equal(held.judged, 'hold');
    assert.deepEqual(
      held.breaches.map(({ rule, found, of, limit }) => [rule, found, of, limit]),
      [['newlyUnmatched', 25_000, 60_000, 200]],
    );
    // Whoever had none in the run before is not newly without one: such a directory holds no plan for it.
    const never = await verdict(defaultGuard, 35_000, [{ ...lost, daysAgo: 1 }], lost);
    assert.deepEqual(never, { judged: 'go', breaches: [] });
    const off = await verdict(guardOff(defaultGuard), 60_000, [settled], lost);
    assert.deepEqual(off, { judged: 'go', breaches: [] });
  });

  /** For 1,000 people with an account: the highest figure let through by a run alone, and over the window. */
  const limits: readonly [string, number, number, (n: number) => Partial<Plan>][] = [
    ['changedPeople', 100, 300, (changed) => ({ changed })],
    ['clearedPeople', 10, 30, (cleared) => ({ cleared })],
    ['perAttribute.changed', 100, 300, (changed) => ({ changed })],
    ['perAttribute.cleared', 10, 30, (cleared) => ({ cleared })],
    ['foreignOverwrites', 10, 30, (foreign) => ({ foreign })],
    ['newlyUnmatched', 20, 40, (unmatched) => ({ unmatched })],
    ['directoryShrink', 50, 60, (gone) => ({ users: 1_000 - gone })],
  ];
  const guard: GuardSettings = { ...defaultGuard, ignoreBelow: 0 };

  for (const [rule, alone, within, of] of limits) {
    it(`${rule}: ${alone} pass and one more is held; within seven days ${within} pass and one more is held, and no day later`, async () => {
      const whole = { users: 1_000 };
      const isHeld = async (past: readonly Plan[], plan: Plan): Promise<readonly (string | null)[]> =>
        (await verdict(guard, 1_000, past, plan)).breaches.flatMap((one) => (one.rule === rule ? [one.over] : []));
      const before = [{ ...whole, daysAgo: 1 }];
      assert.deepEqual(await isHeld(before, { ...whole, ...of(alone) }), []);
      assert.deepEqual(await isHeld(before, { ...whole, ...of(alone + 1) }), [null]);
      // Steps that pass by themselves, the last of which reaches the limit of the window, or goes one beyond it.
      const step = Math.min(alone, Math.floor(within / 2));
      const nights = (last: number, oldest: number): { past: readonly Plan[]; plan: Plan } => {
        const isLevel = rule === 'newlyUnmatched' || rule === 'directoryShrink';
        const sizes: number[] = [];
        for (let sum = 0; sum < last; sum += step)
          sizes.push(isLevel ? Math.min(sum + step, last) : Math.min(step, last - sum));
        const first = { ...whole, daysAgo: oldest };
        const all = sizes.map((n, at) => ({ ...whole, ...of(n), daysAgo: Math.max(0, oldest - 1 - at) }));
        return { past: [first, ...all.slice(0, -1)], plan: { ...(all.at(-1) ?? whole), daysAgo: 0 } };
      };
      const at = nights(within, 6);
      assert.deepEqual(await isHeld(at.past, at.plan), []);
      const beyond = nights(within + 1, 6);
      assert.deepEqual(await isHeld(beyond.past, beyond.plan), ['7d']);
      // A day later the first of these nights is out of the window.
      const older = nights(within + 1, 8);
      assert.deepEqual(await isHeld(older.past, older.plan), []);
    });
  }
});
