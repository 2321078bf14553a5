import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportText } from '../../src/client/report-text.ts';
import { runEnd } from '../../src/client/run-end.ts';
import { emptyReport } from '../fixtures/api.ts';

const jira = emptyReport('r', 'done').targets.jira ?? assert.fail();
const down = 'Jira (jira.acme.example) does not answer GET /login.jsp (ECONNREFUSED). Check that it is running.';
const failed = emptyReport('r', 'doneWithFailures', {
  targets: {
    jira: {
      ...jira,
      failed: 36,
      ambiguous: 2,
      reasons: [
        { outcome: 'failed', reason: 'stepFailed', said: down, people: 36 },
        { outcome: 'ambiguous', reason: 'severalAccounts', said: null, people: 2 },
      ],
    },
  },
  failures: { new: 36, known: 0 },
});

test('a report says why people were not written, and the line of the log why most of them', () => {
  const text = reportText(failed);
  assert.ok(text.includes(`jira: 36 failed (stepFailed): ${down}`), text);
  assert.match(text, /jira: 2 ambiguous \(severalAccounts\): One match rule finds several accounts/);
  assert.ok(runEnd(failed).sentence.endsWith(`jira: ${down}`), runEnd(failed).sentence);
});

test('time waited for a decision is told apart from time worked', () => {
  assert.match(reportText(emptyReport('r', 'done')), /done after 1\.2 s\n/);
  const waited = emptyReport('r', 'done', { waitedMs: 510_000 });
  assert.match(reportText(waited), /done after 1\.2 s, and 510\.0 s waiting for the decision\n/);
});

test('one of anything is told as one', () => {
  const calls = { login: 0, listing: 1, read: 0, write: 0 };
  const text = reportText(emptyReport('r', 'done', { targets: { jira: { ...jira, calls } } }));
  assert.match(text, /jira: 1 request \(0 login, 1 listing, 0 read, 0 write\)/);
});

test('the line of the log is in the words of people, and offers no decision where there is none', () => {
  const targets = { jira: { ...jira, unchanged: 2, outOfScope: 3 } };
  const planned = (set: number) =>
    runEnd(emptyReport('r', 'planned', { targets, forecast: { people: set, set, cleared: 0 } }));
  assert.deepEqual(planned(0), {
    sentence: 'Planned, there is nothing to apply: 3 read; jira: 2 unchanged, 3 out of scope.',
    remedy: null,
  });
  assert.match(planned(1).remedy ?? '', /attune approve r/);
});

test('a run of one person is headed as one, and a plan without changes offers nothing to apply', () => {
  const one = emptyReport('r', 'done', {
    read: { users: 1, pages: 1, complete: false, proof: 'person', calls: jira.calls },
  });
  assert.match(reportText(one, 'id-7'), /^acme, run for one person \(id-7\), r: done .*\nRead 1 person in 1 page; /);
  const none = emptyReport('r', 'planned', { forecast: { people: 0, set: 0, cleared: 0 } });
  assert.match(reportText(none), /There is nothing to apply\.$/);
  const some = emptyReport('r', 'planned', { forecast: { people: 1, set: 2, cleared: 0 } });
  assert.match(reportText(some), /To be written: 2 values set and 0 cleared, for 1 person\.\nLook at it with/);
});

test('a retry names the run whose people it tries again, and a rest that waits does not claim that nothing was written', () => {
  const retry = emptyReport('r', 'done', { retryOf: 'first' });
  assert.match(reportText(retry), /^acme, retry of the failed and skipped people of run first, r: done after/);
  const rest = emptyReport('r', 'awaitingApproval', { targets: { jira: { ...jira, updated: 25, planned: 75 } } });
  assert.match(reportText(rest), /r: the first people are written, the rest awaits approval after/);
  const whole = emptyReport('r', 'awaitingApproval', { targets: { jira: { ...jira, planned: 100 } } });
  assert.match(reportText(whole), /r: awaiting approval, nothing written after/);
});

test('a held part says whose part it is, and that nobody was read for it is no wrong sum', () => {
  const read = { users: 0, pages: 0, complete: false, proof: 'none', calls: jira.calls } as const;
  const targets = { jira: { ...jira, planned: 261 } };
  const text = reportText(emptyReport('r-held', 'awaitingApproval', { heldFrom: 'r', read, targets }));
  assert.match(text, /^acme, held part of run r, r-held: awaiting approval, nothing written after/);
  assert.doesNotMatch(text, /Read 0|incomplete|sums/);
});

test('a run tells who decided over its plan, and what they said', () => {
  const decision = { by: 'ann', at: '2026-11-25T16:27:00.000Z', comment: 'as agreed', without: [] };
  const text = reportText(emptyReport('r', 'done', { decision: { ...decision, decision: 'approved' } }));
  assert.ok(text.includes('\nThe plan was approved by ann at 2026-11-25 16:27 UTC: as agreed.'), text);
});
