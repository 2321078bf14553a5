import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Written } from '../../faults/journal.ts';
import { judge, kindsOfWrong, type Observed, type Told, type ToldChange, type Verdict } from '../../faults/judge.ts';

const people = [
  { id: 'p1', userPrincipalName: 'ada@example.com' },
  { id: 'p2', userPrincipalName: 'Bob@example.com' },
];
const reported = '2026-03-01T10:00:10.000Z';
const at = (second: number): number => Date.parse(`2026-03-01T10:00:${String(second).padStart(2, '0')}.000Z`);

const change = (given: Partial<ToldChange> = {}): ToldChange => ({
  target: 'jira',
  person: 'p1',
  attribute: 'userProperty:Company',
  after: 'Value 1',
  status: 'applied',
  reason: null,
  foundLater: false,
  ...given,
});

const write = (given: Partial<Written> = {}): Written => ({
  n: 1,
  at: at(5),
  product: 'jira',
  account: 'ada',
  attribute: 'Company',
  value: 'Value 1',
  ...given,
});

const tally = {
  unchanged: 1,
  updated: 1,
  planned: 0,
  unmatched: 0,
  ambiguous: 0,
  outOfScope: 0,
  skipped: 0,
  failed: 0,
};

type Given = { status?: string; set?: number; cleared?: number; tally?: object; complete?: boolean };

const told = (changes: readonly ToldChange[], given: Given = {}): Told => {
  const { status = 'done', set = 1, cleared = 0, complete = true } = given;
  const target = { ...tally, ...given.tally, changes: { set, cleared } };
  return {
    run: {
      id: 'r1',
      status,
      workflowId: 'w1',
      intent: 'apply',
      startedAt: '2026-03-01T10:00:01.000Z',
      finishedAt: reported,
      report: { status, read: { users: 2, complete }, targets: { jira: target } },
    },
    changes,
    mayWriteSince: at(1),
  };
};

const observed = (one: Told, given: Partial<Observed> = {}): Observed => ({
  ended: [one],
  all: [one],
  people,
  writes: [write()],
  handEdits: new Map(),
  differences: [],
  hangs: [],
  ...given,
});

/** Asserts that a verdict finds something wrong of exactly one kind, and so often. */
const finds = (verdict: Verdict, kind: keyof Verdict, pattern: RegExp, times = 1): void => {
  for (const one of kindsOfWrong)
    assert.equal(verdict[one].length, one === kind ? times : 0, `${one}: ${verdict[one]}`);
  assert.match(verdict[kind].join('\n'), pattern);
};

describe('the judge of fault runs', () => {
  it('finds nothing where everything is as it must be', () => {
    const verdict = judge(observed(told([change()])));
    for (const kind of kindsOfWrong) assert.deepEqual(verdict[kind], []);
  });

  it('sees a lost and an invented value', () => {
    const where = 'jira ada Company';
    finds(judge(observed(told([change()]), { differences: [{ kind: 'lost', where }] })), 'lost', /ada Company/);
    finds(judge(observed(told([change()]), { differences: [{ kind: 'invented', where }] })), 'invented', /ada/);
  });

  it('sees a hang', () => {
    finds(judge(observed(told([change()]), { hangs: ['runs do not end'] })), 'hangs', /do not end/);
  });

  it('sees a value that no plan held: another value, another account, another attribute, a clear', () => {
    for (const wrong of [{ value: 'Other' }, { account: 'bob' }, { attribute: 'Desk' }, { value: null }]) {
      const writes = [write(), write({ n: 2, ...wrong })];
      finds(judge(observed(told([change()]), { writes })), 'outOfPlan', /request 2/);
    }
  });

  it('sees a value of a plan that nobody let through, and one that was written before somebody did', () => {
    const held = { ...told([change({ status: 'planned' })], { status: 'rejected' }), mayWriteSince: null };
    finds(judge(observed(held)), 'outOfPlan', /ada Company/);
    finds(judge(observed({ ...told([change()]), mayWriteSince: at(6) })), 'outOfPlan', /ada Company/);
  });

  it('sees a value that is sent again, but not one that comes back', () => {
    finds(judge(observed(told([change()]), { writes: [write(), write({ n: 2 })] })), 'resent', /request 2/);
    const twice = [write(), write({ n: 2, at: at(8) })];
    const handEdits = new Map([['jira ada Company', [at(6)]]]);
    assert.deepEqual(judge(observed(told([change()]), { writes: twice, handEdits })).resent, []);
    const back = [change(), change({ attribute: 'userProperty:Desk' }), change({ after: 'Value 2', status: 'begun' })];
    const writes = [write(), write({ n: 2, attribute: 'Desk' }), write({ n: 3, value: 'Value 2' }), write({ n: 4 })];
    const verdict = judge(observed(told(back, { set: 2, status: 'failed', complete: false }), { writes }));
    assert.deepEqual(verdict.resent, []);
  });

  it('sees a change that is told as written and was not', () => {
    const changes = [change(), change({ person: 'p2' })];
    finds(judge(observed(told(changes, { set: 2 }))), 'falseReports', /bob Company is told as written and was not/);
  });

  it('sees a change that was written only after the report told so', () => {
    const verdict = judge(observed(told([change()]), { writes: [write({ at: at(11) })] }));
    finds(verdict, 'falseReports', /written after the report/);
    const later = told([change({ foundLater: true })], { set: 0 });
    assert.deepEqual(judge(observed(later, { writes: [write({ at: at(11) })] })).falseReports, []);
  });

  it('sees a value that was written and is told as refused, or not at all', () => {
    for (const status of ['rejected', 'planned', 'skipped']) {
      const one = told([change({ status })], { set: 0, status: 'cancelled' });
      finds(judge(observed(one)), 'falseReports', /written and no run tells it/);
    }
    const open = told([change({ status: 'begun' })], { set: 0, status: 'cancelled' });
    assert.deepEqual(judge(observed(open)).falseReports, []);
  });

  it('sees figures that are not those of the list, each of them', () => {
    finds(judge(observed(told([change()], { set: 2 }))), 'falseReports', /2 set, but 1 listed/);
    finds(judge(observed(told([change()], { cleared: 1 }))), 'falseReports', /1 cleared, but 0 listed/);
    const cleared = told([change({ after: null })], { set: 1 });
    finds(judge(observed(cleared, { writes: [write({ value: null })] })), 'falseReports', /set.*\n.*cleared/, 2);
    finds(judge(observed(told([change({ foundLater: true })]))), 'falseReports', /1 set, but 0 listed/);
  });

  it('sees people who are not accounted for', () => {
    finds(judge(observed(told([change()], { tally: { unchanged: 0 } }))), 'falseReports', /2 read, 1 accounted for/);
    const cancelled = told([change()], { status: 'cancelled', tally: { skipped: 1 } });
    finds(judge(observed(cancelled)), 'falseReports', /2 read, 3 accounted for/);
  });

  it('sees a run that calls itself done with work left', () => {
    for (const status of ['planned', 'begun']) {
      const left = [change(), change({ person: 'p2', status })];
      finds(judge(observed(told(left))), 'falseReports', /done, with 1 changes undecided/);
    }
    const planned = told([change()], { tally: { unchanged: 0, planned: 1 } });
    finds(judge(observed(planned)), 'falseReports', /done, with 1 planned/);
  });

  it('lets a run with failures give up on a change that was sent and not answered, if it says why', () => {
    const left = (reason: string | null) => [change(), change({ person: 'p2', status: 'begun', reason })];
    const said = 'The product did not answer.';
    assert.deepEqual(judge(observed(told(left(said), { status: 'doneWithFailures' }))).falseReports, []);
    finds(judge(observed(told(left(null), { status: 'doneWithFailures' }))), 'falseReports', /1 changes undecided/);
    finds(judge(observed(told(left(said)))), 'falseReports', /1 changes undecided/);
  });

  it('sees a run that ended without a report, unless it never began', () => {
    const one = told([]);
    const without = (status: string): Told => ({ ...one, run: { ...one.run, status, report: null } });
    finds(judge(observed(without('failed'), { writes: [] })), 'falseReports', /ended without a report/);
    assert.deepEqual(judge(observed(without('skipped'), { writes: [] })).falseReports, []);
  });
});
