import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { guardSchema } from '../../src/config/schema/guard.ts';
import {
  attributeRules,
  guardRules,
  type Impact,
  judgePlan,
  standardIgnoreBelow,
  type TargetImpact,
} from '../../src/core/guard.ts';

const defaultGuard = guardSchema.parse({});

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

test('the docs list every rule with its default and what it counts', async () => {
  const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const row = ([name, { standard, counts }]: [
    string,
    { standard: { percent: number; count: number }; counts: string },
  ]) => `| \`${name}\` | \`[${standard.percent}%, ${standard.count}]\` | ${counts} |`;
  const rows = [
    `| \`ignoreBelow\` | \`${standardIgnoreBelow}\` | fewer people than this never trip a percentage |`,
    ...Object.entries(guardRules).map(row),
    ...Object.entries(attributeRules).map(([name, rule]) => row([`perAttribute.${name}`, rule])),
  ];
  assert.ok(page.includes(`${rows.join('\n')}\n| \`onBreach\``), rows.join('\n'));
});

test('a way to handle breaches that is not built is refused, not quietly replaced by another', () => {
  const { success, error } = guardSchema.safeParse({ onBreach: 'holdAttribute' });
  assert.equal(success, false);
  assert.match(error?.issues[0]?.message ?? '', /^holdAttribute is not built yet: .*waitForApproval.*fail/);
});
