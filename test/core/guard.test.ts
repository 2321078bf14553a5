import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Impact, judgePlan, type TargetImpact } from '../../src/core/guard.ts';
import { defaultGuard } from '../fixtures/runs.ts';

const impact = (target: Partial<TargetImpact>, rest: Partial<Impact> = {}): Impact => ({
  users: 1000,
  lastUsers: 1000,
  targets: [
    {
      target: 'jira',
      linked: 1000,
      changedPeople: 0,
      clearedPeople: 0,
      foreignOverwrites: 0,
      newlyUnmatched: 0,
      attributes: [],
      ...target,
    },
  ],
  ...rest,
});
const rules = (one: Impact): string[] => judgePlan(defaultGuard, one).breaches.map((breach) => breach.rule);

test('a plan within all thresholds passes', () => {
  assert.deepEqual(rules(impact({ changedPeople: 100, clearedPeople: 10, foreignOverwrites: 10 })), []);
});

test('percent and count hold, whichever is reached first', () => {
  assert.deepEqual(rules(impact({ changedPeople: 101 })), ['changedPeople']);
  assert.deepEqual(rules(impact({ linked: 100_000, changedPeople: 1000 })), []);
  assert.deepEqual(rules(impact({ linked: 100_000, changedPeople: 1001 })), ['changedPeople']);
});

test('fewer people than `ignoreBelow` never trip a percentage', () => {
  assert.deepEqual(rules(impact({ linked: 30, changedPeople: 19, clearedPeople: 19 })), []);
  assert.deepEqual(rules(impact({ linked: 30, changedPeople: 20 })), ['changedPeople']);
});

test('one attribute is judged on its own', () => {
  const attributes = [{ attribute: 'field:phone', changed: 40, cleared: 30 }] as const;
  const [breach] = judgePlan(defaultGuard, impact({ attributes })).breaches;
  assert.deepEqual(breach, {
    rule: 'perAttribute.cleared',
    target: 'jira',
    attribute: 'field:phone',
    found: 30,
    of: 1000,
    limit: 10,
  });
});

test('a directory that shrank is held, a first read is not', () => {
  assert.deepEqual(rules(impact({}, { users: 940 })), ['directoryShrink']);
  assert.deepEqual(rules(impact({}, { users: 940, lastUsers: null })), []);
  assert.deepEqual(rules(impact({}, { users: 2000 })), []);
});
