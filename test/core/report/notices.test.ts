import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Breach } from '../../../src/core/plan/guard.ts';
import { noticeOf } from '../../../src/core/report/notices.ts';
import type { Report } from '../../../src/core/report/report.ts';
import { emptyReport } from '../../fixtures/api.ts';

const planExpiresAt = new Date('2026-12-03T06:47:00.000Z');
const breach: Breach = {
  rule: 'perAttribute.cleared',
  target: 'jira',
  attribute: 'userProperty:Company',
  found: 312,
  of: 900,
  limit: 9,
  over: null,
};
const guard = { figures: [{ ...breach, breach: true }], breaches: [breach] };
const text = (over: Partial<Report>, note: string | null = null): string =>
  noticeOf('awaitingApproval', emptyReport('r', 'awaitingApproval', over), { planExpiresAt, note }, null).text;

test('a notice of a held plan says why in one sentence and until when it can be approved', () => {
  assert.equal(
    text({ guard }),
    'acme: the guard holds the plan of run r; nothing was written. Held: 312 people of 900 would lose Company at jira. The plan expires at 2026-12-03T06:47:00.000Z.',
  );
  assert.match(
    text({ guard, heldFrom: 'first' }),
    /^acme: the guard holds a part of run first as run r; the rest was not held\. Held: 312 people/,
  );
});

test('a notice of a rest that waits does not blame the guard or claim that nothing was written', () => {
  const jira = emptyReport('r', 'done').targets.jira ?? assert.fail();
  const note = 'The first 25 people hold what was written. The rest awaits approval.';
  for (const given of [null, guard]) {
    assert.equal(
      text({ guard: given, targets: { jira: { ...jira, updated: 25, planned: 75 } } }, note),
      `acme: the first people of run r are written; the rest awaits approval. ${note} The plan expires at 2026-12-03T06:47:00.000Z.`,
    );
  }
});
