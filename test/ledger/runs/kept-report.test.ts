import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFailure } from '../../../src/core/failure.ts';
import { noLeavers } from '../../../src/core/report/leaver-counts.ts';
import { tally } from '../../../src/core/report/outcome.ts';
import { noCalls, type Report } from '../../../src/core/report/report.ts';
import { keptReport } from '../../../src/ledger/runs/kept-report.ts';
import { listedRun, type RunRow, runOf } from '../../../src/ledger/runs/runs.ts';

const figure = {
  rule: 'clearedPeople',
  target: 'jira',
  attribute: null,
  found: 2,
  of: 40,
  limit: 20,
  over: null,
} as const;
const report: Report = {
  run: 'r1',
  connector: 'people',
  mode: 'full',
  intent: 'apply',
  status: 'done',
  read: { users: 40, pages: 1, complete: true, proof: 'everybody', calls: noCalls },
  targets: {
    jira: {
      ...tally({ unchanged: 38, updated: 2 }),
      changes: { set: 2, cleared: 0 },
      adopted: 0,
      calls: noCalls,
      kept: [{ attribute: 'field:phone', reason: 'cut', people: 1, values: 1 }],
      reasons: [{ outcome: 'unmatched', reason: 'noAccount', said: null, people: 2 }],
      parity: [{ attribute: 'field:phone', equal: 3, alike: 0, different: 1, missing: 0, extra: 0 }],
      leavers: noLeavers,
    },
  },
  guard: { figures: [{ ...figure, breach: false }], breaches: [] },
  heldFrom: null,
  retryOf: null,
  holds: null,
  decision: {
    decision: 'approved',
    by: 'ada',
    at: '2026-01-01T00:00:00.000Z',
    comment: null,
    without: [{ target: 'wiki' }],
  },
  failures: { new: 0, known: 0 },
  forecast: null,
  failure: null,
  warnings: [],
  durationMs: 12,
  waitedMs: 3,
};

const row: RunRow = {
  id: 'r1',
  connector: 'people',
  version: 1,
  mode: 'full',
  intent: 'apply',
  person: null,
  workflowId: 'w1',
  namespace: null,
  startedBy: 'ada',
  status: 'done',
  phase: 'ended',
  readNo: 1,
  startedAt: new Date(0),
  finishedAt: new Date(1),
  planExpiresAt: null,
  guard: { ...report.guard, linked: { jira: 40 } },
  failure: null,
  report,
  targets: ['jira'],
  warnings: [],
  planDigest: null,
  heldFrom: null,
  holds: null,
  supersededBy: null,
  retryOf: null,
  looksFor: null,
  decision: null,
  note: null,
  missingSince: null,
  cancelAskedBy: null,
  approvedAt: null,
};

const refuses = (what: RegExp) => (error: unknown) =>
  isFailure(error) && error.kind === 'config' && what.test(error.message);

describe('a report kept in the ledger', () => {
  it('comes back as it was written', () => {
    assert.deepEqual(keptReport.read(keptReport.text(report)), report);
    assert.deepEqual(runOf(row), row);
  });

  it('of an earlier release is understood: what it does not tell is empty', () => {
    const {
      heldFrom: _from,
      holds: _holds,
      retryOf: _retry,
      decision: _decision,
      waitedMs: _waited,
      ...before
    } = report;
    const { proof: _proof, ...read } = report.read;
    const { kept: _kept, reasons: _reasons, leavers: _leavers, ...jira } = report.targets.jira ?? assert.fail();
    const old = { ...before, read, targets: { jira }, guard: { breaches: [] } };
    assert.deepEqual(keptReport.of(old), {
      ...report,
      read: { ...read, proof: 'none' },
      targets: { jira: { ...jira, kept: [], reasons: [], leavers: null } },
      guard: { figures: [], breaches: [] },
      decision: null,
      waitedMs: 0,
    });
  });

  it('of a later release is refused where it says what nobody here knows', () => {
    assert.throws(() => runOf({ ...row, report: { ...report, status: 'halfDone' } }), refuses(/report of a run/));
    assert.throws(() => runOf({ ...row, guard: { breaches: [{ ...figure, rule: 'newRule' }] } }), refuses(/judgement/));
    assert.throws(() => runOf({ ...row, failure: { kind: 'odd', message: 'x' } }), refuses(/failure of a run/));
  });

  it('that cannot be read hides no other run of a list, and the run says why', () => {
    const listed = listedRun({ ...row, report: { ...report, status: 'halfDone' } });
    assert.equal(listed.id, 'r1');
    assert.equal(listed.report, null);
    assert.match(listed.note ?? '', /in a form that this release of Attune does not know/);
  });
});
