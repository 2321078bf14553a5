import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { planView } from '../../src/api/views/plan.ts';
import type { GuardSettings } from '../../src/core/plan/guard.ts';
import type { RunMode } from '../../src/core/report/report.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { approvePlan, rejectPlan } from '../../src/ledger/runs/decisions.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { companyOf, guardOff } from '../fixtures/nights.ts';
import { defaultGuard } from '../fixtures/runs.ts';

const size = 300;
/** Small enough for `size` people that percentages count. */
const guard: GuardSettings = { ...defaultGuard, ignoreBelow: 0 };

/** The held run, its worst figure and what its page says first. */
const pageOf = async (ledger: Ledger, id: string) => {
  const run = await findRun(ledger, id);
  assert.ok(run);
  return planView(ledger, run, Date.now(), () => null);
};

describe('what happens to a company whose guard', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  type Company = Awaited<ReturnType<typeof companyOf>>;

  /** A company in tune, after which something goes wrong. */
  const inTune = async (settings: GuardSettings): Promise<Company> => {
    const company = await companyOf(ledger, size, settings);
    assert.equal((await company.night()).status, 'done');
    await company.nextDay();
    company.jira.journal.writes.length = 0;
    return company;
  };

  const left = async ({ id }: Company): Promise<number> => {
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from profile
      where connector = ${id} and left_at is not null`.execute(ledger.db);
    return rows[0]?.n ?? 0;
  };

  /** Each does damage, which `damage` counts, when nobody stops it. */
  const scenarios: Readonly<
    Record<
      string,
      {
        readonly happens: (company: Company) => Promise<void>;
        readonly rule: string;
        readonly says: RegExp;
        readonly nights?: number;
        readonly mode?: RunMode;
        readonly damage: (company: Company) => Promise<number>;
      }
    >
  > = {
    'the provider loses an attribute for everybody': {
      happens: async ({ people, change }) => change(people.keys(), () => ({ company: null })),
      rule: 'perAttribute.cleared',
      says: /directory no longer has a value for Company for 300 people/,
      damage: async ({ jira }) => jira.journal.writes.length,
    },
    'the provider answers 200 with an empty directory, three nights': {
      happens: async ({ people }) => people.clear(),
      rule: 'directoryShrink',
      says: /returned 0 people, 100 % fewer than the 300/,
      nights: 3,
      damage: left,
    },
    'the provider answers 200 with half of the directory, three nights': {
      happens: async ({ people }) => {
        for (const key of [...people.keys()].slice(0, size / 2)) people.delete(key);
      },
      rule: 'directoryShrink',
      says: /returned 150 people, 50 % fewer than the 300/,
      nights: 3,
      damage: left,
    },
    'the provider swaps two attributes': {
      happens: async ({ people, change }) =>
        change(people.keys(), (one) => ({ company: String(one.department), department: String(one.company) })),
      rule: 'perAttribute.changed',
      says: /directory has a different value for Company for 300 people/,
      damage: async ({ jira }) => jira.journal.writes.length,
    },
    'a row of the mapping has a typo': {
      happens: ({ map }) => map('compnay', 'department'),
      rule: 'perAttribute.cleared',
      says: /document changed in one place .*userProperty:Company.*from/,
      damage: async ({ jira }) => jira.journal.writes.length,
    },
    'two directories are merged with clashing logins': {
      happens: async ({ people, hire, night, nextDay }) => {
        for (let n = 0; n < size / 2; n += 1) {
          people.delete(`id-${n}`);
          hire(n, { company: 'Fabrikam' }, 'other');
        }
        // The first night nobody of them is written: their accounts belong to those who were there before.
        assert.equal((await night()).targets.jira?.ambiguous, size / 2);
        await nextDay();
      },
      rule: 'foreignOverwrites',
      says: /directory has a different value for Company for 150 people/,
      damage: async ({ jira }) => jira.journal.writes.length,
    },
    'a quarter of the people lose their seat': {
      happens: async ({ accounts, jira }) => {
        for (const { key } of accounts.splice(0, size / 4)) jira.held.delete(key);
      },
      mode: 'verify',
      rule: 'newlyUnmatched',
      says: /accounts were removed or renamed at the target/,
      damage: async ({ id }) => {
        const { rows } = await sql<{
          n: number;
        }>`select count(*)::integer as n from outcome o join run r on r.id = o.run
          where r.connector = ${id} and o.outcome = 'unmatched' and r.status = 'done'`.execute(ledger.db);
        return rows[0]?.n ?? 0;
      },
    },
  };

  for (const [name, { happens, rule, says, nights = 1, mode = 'full', damage }] of Object.entries(scenarios)) {
    it(`is on, when ${name}: every night is held, by the right figure, with its cause`, async () => {
      const company = await inTune(guard);
      await happens(company);
      for (let night = 0; night < nights; night += 1) {
        const report = await company.night(mode);
        assert.equal(report.status, 'awaitingApproval', JSON.stringify(report.guard?.breaches));
        assert.ok(
          report.guard?.breaches.some((breach) => breach.rule === rule),
          JSON.stringify(report.guard?.breaches),
        );
        assert.match((await pageOf(ledger, report.run)).cause, says);
        await company.nextDay();
      }
      assert.equal(await damage(company), 0);
      assert.equal(company.jira.journal.writes.length, 0);
    });

    it(`is off, when ${name}: that is why there is one`, async () => {
      const company = await inTune(guardOff(guard));
      await happens(company);
      assert.equal((await company.night(mode)).status, 'done');
      assert.ok((await damage(company)) >= size / 4);
    });
  }

  it('is on, when a department is renamed for a third: held, approved, and exactly that written', async () => {
    const company = await inTune(guard);
    const third = [...company.people.keys()].filter((_, n) => n % 3 === 0);
    company.change(third, () => ({ department: 'Sales & Marketing' }));
    const report = await company.night();
    assert.equal(report.status, 'awaitingApproval');
    assert.equal(
      (await pageOf(ledger, report.run)).sentence,
      'Held: 100 people of 300 would change Department at jira.',
    );
    await approvePlan(ledger, { run: report.run, who: 'ann', comment: 'as announced' });
    const applied = await company.applyApproved(report.run);
    assert.equal(applied.status, 'done');
    assert.deepEqual(
      company.jira.journal.writes.map(({ username }) => username).sort(),
      third.map((key) => key.replace('id-', 'u')).sort(),
    );
    // What somebody has approved is no leak: the small change of the next night passes.
    await company.nextDay();
    company.change(['id-1'], () => ({ department: 'Works council' }));
    assert.equal((await company.night()).status, 'done');
  });

  it('is on, when 0.9 % lose a value every night for a fortnight: held before a week is over, whoever looks away', async () => {
    const leak = async (settings: GuardSettings): Promise<{ cleared: number; held: number[] }> => {
      const company = await companyOf(ledger, 1000, settings);
      assert.equal((await company.night()).status, 'done');
      const held: number[] = [];
      for (let night = 0; night < 14; night += 1) {
        await company.nextDay();
        const nine = Array.from({ length: 9 }, (_, n) => `id-${night * 9 + n}`);
        company.change(nine, () => ({ company: null }));
        if ((await company.night()).status === 'awaitingApproval') held.push(night + 1);
      }
      const cleared = company.jira.journal.writes.filter(({ value }) => value === null).length;
      return { cleared, held };
    };
    const [on, off] = [await leak(guard), await leak(guardOff(guard))];
    assert.deepEqual(off, { cleared: 126, held: [] });
    assert.equal(on.cleared, 27, 'three nights of nine are three per cent of a thousand less a few');
    assert.deepEqual(on.held, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('holds attributes alone takes those at fault out, and applies the rest', async () => {
    const company = await inTune({ ...guard, onBreach: 'holdAttribute' });
    company.change(company.people.keys(), () => ({ company: 'Fabrikam' }));
    company.change(['id-1', 'id-2'], () => ({ department: 'Works council' }));
    const report = await company.night();
    assert.equal(report.status, 'done');
    assert.ok(report.holds);
    assert.deepEqual(company.jira.journal.writes.map(({ username, attribute }) => `${username} ${attribute}`).sort(), [
      'u1 userProperty:Department',
      'u2 userProperty:Department',
    ]);
    const { skipped, updated, unchanged } = report.targets.jira ?? {};
    assert.deepEqual([skipped, updated, unchanged], [298, 2, 0]);
    const held = await pageOf(ledger, report.holds);
    assert.deepEqual(
      [held.status, held.heldFrom, held.changes, held.attributes.length, held.decidable],
      ['awaitingApproval', report.run, size, 1, true],
    );
    assert.match(held.digest ?? '', /^[0-9a-f]{64}$/);
    // The next night finds the same, and its held part takes the place of the one before.
    await company.nextDay();
    const second = await company.night();
    assert.equal(second.status, 'done');
    assert.ok(second.holds);
    const first = await pageOf(ledger, report.holds);
    assert.deepEqual([first.status, first.supersededBy], ['superseded', second.run]);
    await approvePlan(ledger, { run: second.holds, who: 'ann', comment: null });
    company.jira.journal.writes.length = 0;
    const applied = await company.applyApproved(second.holds);
    assert.equal(applied.status, 'done', JSON.stringify(applied.failure));
    assert.deepEqual(new Set(company.held('Company').values()), new Set(['Fabrikam']));
    assert.equal(company.jira.journal.writes.length, size);
    await company.nextDay();
    const quiet = await company.night();
    assert.deepEqual([quiet.status, quiet.holds, quiet.targets.jira?.unchanged], ['done', null, size]);
  });

  it('fails the run where the document says so: nothing is written or waits, and the next night is measured by the same', async () => {
    const company = await inTune({ ...guard, onBreach: 'fail' });
    company.change(company.people.keys(), () => ({ company: 'Fabrikam' }));
    for (let night = 0; night < 2; night += 1) {
      const report = await company.night();
      assert.deepEqual([report.status, company.jira.journal.writes.length], ['failed', 0]);
      const page = await pageOf(ledger, report.run);
      assert.deepEqual([page.decidable, page.changes, page.digest], [false, size, null]);
      assert.ok(page.figures.some(({ breach }) => breach));
      await company.nextDay();
    }
  });

  it('lets somebody approve after twenty people moved: exactly those are skipped, for their reason', async () => {
    const company = await inTune(guard);
    company.change(company.people.keys(), () => ({ company: 'Fabrikam' }));
    const { run } = await company.night();
    for (let n = 0; n < 10; n += 1) company.jira.held.get(company.keyOf(n))?.set('userProperty:Company', 'By hand');
    company.change(
      Array.from({ length: 9 }, (_, n) => `id-${10 + n}`),
      () => ({ department: 'Elsewhere' }),
    );
    company.people.delete('id-19');
    await approvePlan(ledger, { run, who: 'ann', comment: null });
    const report = await company.applyApproved(run);
    assert.equal(report.status, 'done');
    const { rows } = await sql<{ person: string; reason: string }>`select person, reason from outcome
      where run = ${run} and outcome = 'skipped' order by length(person), person`.execute(ledger.db);
    assert.deepEqual(
      rows.map(({ person, reason }) => `${person} ${reason}`),
      Array.from({ length: 20 }, (_, n) => `id-${n} ${n < 10 ? 'targetMoved' : 'sourceMoved'}`),
    );
    assert.deepEqual(
      company.jira.journal.writes.map(({ username }) => Number(username.slice(1))).sort((a, b) => a - b),
      Array.from({ length: size - 20 }, (_, n) => n + 20),
    );
  });

  it('lets somebody approve all but an attribute: the journal holds every other change and none of that', async () => {
    const company = await inTune(guard);
    company.change(company.people.keys(), () => ({ company: 'Fabrikam' }));
    company.change(['id-5', 'id-6', 'id-7'], () => ({ department: 'Works council' }));
    const { run } = await company.night();
    await approvePlan(ledger, { run, who: 'ann', comment: null, without: [{ attribute: 'userProperty:Company' }] });
    assert.equal((await company.applyApproved(run)).status, 'done');
    assert.deepEqual(
      company.jira.journal.writes.map(({ username, attribute }) => `${username} ${attribute}`).sort(),
      ['u5', 'u6', 'u7'].map((name) => `${name} userProperty:Department`),
    );
    // No increment writes it by and by for those it comes to, whatever else it writes for them.
    await company.nextDay();
    company.jira.journal.writes.length = 0;
    company.change(['id-8'], () => ({ department: 'Legal' }));
    const hourly = await company.night('delta');
    assert.deepEqual([hourly.status, hourly.targets.jira?.skipped], ['done', size - 1]);
    assert.deepEqual(
      company.jira.journal.writes.map(({ username, attribute }) => `${username} ${attribute}`),
      ['u8 userProperty:Department'],
    );
    // What was left out is planned again by the next run of everybody, of whoever was written in part too.
    await company.nextDay();
    const next = await company.night();
    assert.equal(next.status, 'awaitingApproval');
    assert.equal(next.forecast?.people, size);
    // Rejected as a whole it stays left out.
    await rejectPlan(ledger, { run: next.run, who: 'ann', comment: null });
    await company.nextDay();
    company.jira.journal.writes.length = 0;
    assert.deepEqual([(await company.night('delta')).status, company.jira.journal.writes], ['done', []]);
  });
});
