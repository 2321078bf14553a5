import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanWire } from '../../src/api/schemas/plans.ts';
import { planText } from '../../src/client/plan-text.ts';
import { likelyCause, planSentence } from '../../src/core/plan/likely-cause.ts';

const company = { target: 'jira', attribute: 'userProperty:Company' } as const;
const counted = { ...company, filled: 254, replaced: 1, cleared: 0, foreign: 1, leftOut: 0, open: 255, breach: false };
const plan = (over: Partial<PlanWire> = {}): PlanWire => ({
  ...{ run: 'r', connector: 'acme', version: 3, mode: 'full', intent: 'apply', status: 'awaitingApproval' },
  ...{ person: null, digest: 'd', expiresAt: '2026-12-03T06:47:00.000Z', expired: false, decidable: true },
  ...{ judged: true, sentence: 'Held: so.', cause: 'That.', people: 255, changes: 255, figures: [] },
  attributes: [counted],
  ...{ sinceApplied: null, stale: { version: null, newerRun: null }, heldFrom: null, holds: null },
  forecast: { requests: { jira: { reads: 510, writes: 255 } }, seconds: null, pausesAt: null, endsAt: null },
  ...{ supersededBy: null, note: null, decision: null },
  ...over,
});

test('a plan without a breach is told by its largest attribute, in how many are filled, replaced and cleared', () => {
  const wiki = { target: 'wiki', attribute: 'field:phone', filled: 0, replaced: 0, cleared: 1 } as const;
  const sentence = (attributes: Parameters<typeof planSentence>[0]['attributes']): string =>
    planSentence({ breaches: [], attributes });
  assert.equal(
    sentence([wiki, counted]),
    'Company at jira would be filled for 254 people, replaced for 1 person, the most of any attribute.',
  );
  assert.equal(sentence([wiki]), 'phone at wiki would be cleared for 1 person.');
  assert.equal(sentence([]), 'Nothing would change.');
});

test('a plan that changes nothing has no cause and nothing to decide over', () => {
  const none = { attributes: [], changes: 0, people: 0, sentence: 'Nothing would change.' };
  const text = planText(plan(none), null);
  assert.match(text, /There is nothing to apply\.$/);
  assert.doesNotMatch(text, /Likely cause|Approve|Reject/);
  const shrunk = {
    ...none,
    figures: [
      { rule: 'directoryShrink', target: null, attribute: null, found: 9, of: 10, limit: 5, over: null, breach: true },
    ],
  } as const;
  assert.match(
    planText(plan({ ...shrunk, sentence: 'Held: so.', figures: [...shrunk.figures] }), null),
    /Likely cause: That\.[\s\S]*Approve all/,
  );
});

test('the cause names the places of the attribute in question first, and none that decides on no value', () => {
  const cause = (paths: readonly string[]): string =>
    likelyCause({
      breaches: [{ rule: 'perAttribute.changed', ...company, found: 255, of: 300, limit: 30, over: null }],
      attributes: [{ ...counted, filled: 0, replaced: 255 }],
      since: { version: 2, paths },
      version: 3,
      directory: { before: 300, now: 300 },
    });
  const row = 'connector.to[jira].attributes[userProperty:Company].from';
  assert.equal(
    cause(['connector.guard.onBreach', 'connector.scope', row, 'connector.rollout']),
    `The document changed in 2 places since the last applied run (version 2, now 3): ${row}, connector.scope.`,
  );
  assert.equal(
    cause(['connector.guard.onBreach', 'connector.rollout']),
    'Nothing in the document that decides on values has changed since the last applied run: the directory has a different value for Company for 255 people.',
  );
  assert.match(cause([]), /^Nothing in the document has changed since the last applied run: the directory/);
});

test('a forecast tells the requests at each target, and the time once something was written there', () => {
  const text = planText(plan(), null);
  assert.match(
    text,
    /Left to write: 255 values for 255 people: 765 requests at jira \(510 to read, 255 to write\); the time is unknown, because nothing has been written there yet\./,
  );
  const measured = {
    requests: { jira: { reads: 6, writes: 1 }, wiki: null },
    seconds: 90,
    pausesAt: null,
    endsAt: '2026-11-26T06:49:00.000Z',
  };
  assert.match(
    planText(plan({ forecast: measured }), null),
    /255 people: 7 requests at jira \(6 to read, 1 to write\); about 90 s, would end at 2026-11-26 06:49 UTC\./,
  );
  const paused = { ...measured, pausesAt: '2026-11-26T06:00:00.000Z' };
  assert.match(
    planText(plan({ forecast: paused }), null),
    /pauses at 2026-11-26 06:00 UTC until the writing hours begin again/,
  );
});

test('a figure of the window beyond its limit says why it is no breach', () => {
  const figure = { rule: 'perAttribute.changed', ...company, of: 300 } as const;
  const alone = { ...figure, found: 255, limit: 30, over: null, breach: true };
  const within = { ...figure, found: 255, limit: 90, over: '7d', breach: false };
  const own = planText(plan({ figures: [alone, within] }), null);
  assert.match(own, /perAttribute\.changed \(jira, userProperty:Company\) +255 +300 +30 +exceeded/);
  assert.match(own, /perAttribute\.changed \(jira, userProperty:Company, within 7d\) +255 +300 +90 +by this run alone/);
  const earlier = planText(
    plan({
      figures: [
        { ...alone, found: 0, breach: false },
        { ...within, found: 95 },
      ],
    }),
    null,
  );
  assert.match(earlier, /within 7d\) +95 +300 +90 +by earlier runs/);
});

test('a plan that nobody can approve any more has nothing left to write and no time to decide', () => {
  for (const status of ['superseded', 'rejected'] as const) {
    const text = planText(plan({ status, decidable: false }), null);
    assert.match(text, new RegExp(`^acme, full run r, version 3: ${status}\\.$`, 'm'));
    assert.doesNotMatch(text, /Left to write|attune approve/);
  }
  assert.match(planText(plan(), null), /: awaitingApproval, until 2026-12-03 06:47 UTC\.$/m);
  assert.match(
    planText(plan({ expired: true, decidable: false }), null),
    /: awaitingApproval, expired at 2026-12-03 06:47 UTC\.$/m,
  );
});
