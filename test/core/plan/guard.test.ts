import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { guardSchema } from '../../../src/config/schema/guard.ts';
import { faultOf } from '../../../src/core/plan/fault.ts';
import {
  attributeRules,
  guardRules,
  type Impact,
  judgePlan,
  standardIgnoreBelow,
  standardWindow,
  type TargetImpact,
} from '../../../src/core/plan/guard.ts';

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
/** Judged alone: in the window nothing was written before. */
const judge = (run: Impact, window: Impact = run) => judgePlan(defaultGuard, { run, window });
const rules = (one: Impact, window?: Impact): string[] => judge(one, window).breaches.map((breach) => breach.rule);

test('a plan within all thresholds passes', () => {
  assert.deepEqual(rules(impact({ changedPeople: 100, clearedPeople: 10, foreignOverwrites: 10 })), []);
});

test('percent and count hold, whichever is reached first', () => {
  assert.deepEqual(rules(impact({ changedPeople: 101 })), ['changedPeople']);
  assert.deepEqual(rules(impact({ linked: 100_000, changedPeople: 1000 })), []);
  assert.deepEqual(rules(impact({ linked: 100_000, changedPeople: 1001 })), ['changedPeople']);
});

test('a share with decimals is exact as well', () => {
  for (let hundredths = 1; hundredths <= 400; hundredths += 1) {
    const changedPeople = { percent: hundredths / 100, count: 1_000_000 };
    for (const linked of [100, 1_500, 100_000, 1_000_000]) {
      const most = Math.floor((hundredths * linked) / 10_000);
      const held = (n: number): boolean => {
        const run = impact({ linked, changedPeople: n });
        return (
          judgePlan({ ...defaultGuard, ignoreBelow: 0, changedPeople }, { run, window: impact({}) }).breaches.length > 0
        );
      };
      assert.deepEqual([held(most), held(most + 1)], [false, true], `${hundredths / 100} % of ${linked}`);
    }
  }
});

test('every rule lets its count pass and holds one more, however many people there are', () => {
  const at = (n: number, linked: number): Impact =>
    impact(
      {
        ...{ linked, changedPeople: n, clearedPeople: n, foreignOverwrites: n, newlyUnmatched: n },
        attributes: [{ attribute: 'field:phone', changed: n, cleared: n, foreign: n }],
      },
      { users: linked - n, lastUsers: linked },
    );
  const many = 1_000_000;
  for (const [name, { standard, window }] of Object.entries({ ...guardRules, ...attributeRules })) {
    const rule = name in attributeRules ? `perAttribute.${name}` : name;
    const alone = (n: number): boolean => rules(at(n, many), impact({})).includes(rule);
    assert.deepEqual([alone(standard.count), alone(standard.count + 1)], [false, true], rule);
    const within = (n: number): boolean => rules(at(1, many), at(n, many)).includes(rule);
    assert.deepEqual([within(window.count), within(window.count + 1)], [false, true], `${rule} over the window`);
  }
});

test('fewer people than `ignoreBelow` never trip a percentage', () => {
  assert.deepEqual(rules(impact({ linked: 30, changedPeople: 19, clearedPeople: 19 })), []);
  assert.deepEqual(rules(impact({ linked: 30, changedPeople: 20 })), ['changedPeople']);
});

test('one attribute is judged on its own', () => {
  const attributes = [{ attribute: 'field:phone', changed: 40, cleared: 30, foreign: 0 }] as const;
  const [breach] = judge(impact({ attributes })).breaches;
  assert.deepEqual(breach, {
    rule: 'perAttribute.cleared',
    target: 'jira',
    attribute: 'field:phone',
    found: 30,
    of: 1000,
    limit: 10,
    over: null,
  });
});

test('a directory that shrank is held, a first read is not', () => {
  assert.deepEqual(rules(impact({}, { users: 940 })), ['directoryShrink']);
  assert.deepEqual(rules(impact({}, { users: 940, lastUsers: null })), []);
  assert.deepEqual(rules(impact({}, { users: 2000 })), []);
});

test('the docs list every rule with its default and what it counts', async () => {
  const page = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
  const row = ([name, { standard, counts }]: [
    string,
    { standard: { percent: number; count: number }; counts: string },
  ]) => `| \`${name}\` | \`[${standard.percent}%, ${standard.count}]\` | ${counts} |`;
  const rows = [
    `| \`ignoreBelow\` | \`${standardIgnoreBelow}\` | fewer people than this never exceed a percentage |`,
    ...Object.entries(guardRules).map(row),
    ...Object.entries(attributeRules).map(([name, rule]) => row([`perAttribute.${name}`, rule])),
  ];
  assert.ok(page.includes(`${rows.join('\n')}\n| \`onBreach\``), rows.join('\n'));
  const windowRow = ([name, { window }]: [string, { window: { percent: number; count: number } }]) =>
    `| \`${name}\` | \`[${window.percent}%, ${window.count}]\` |`;
  const windows = [
    `| \`over\` | \`${standardWindow}\` |`,
    ...Object.entries(guardRules).map(windowRow),
    ...Object.entries(attributeRules).map(([name, rule]) => windowRow([`perAttribute.${name}`, rule])),
  ];
  assert.ok(page.includes(windows.join('\n')), windows.join('\n'));
});

test('a leak below the threshold of a run is held by that of the window, but only by a run that adds to it', () => {
  const small = impact({ clearedPeople: 9 });
  assert.deepEqual(rules(small, impact({ clearedPeople: 30 })), []);
  const [breach] = judge(small, impact({ clearedPeople: 31 })).breaches;
  assert.deepEqual([breach?.rule, breach?.found, breach?.limit, breach?.over], ['clearedPeople', 31, 30, '7d']);
  assert.deepEqual(rules(impact({}), impact({ clearedPeople: 31 })), []);
  assert.deepEqual(rules(impact({}, { users: 991 }), impact({}, { users: 939 })), ['directoryShrink']);
});

test('every rule lets its threshold pass and holds one more, by itself and over the window', () => {
  const at = (n: number): Impact =>
    impact(
      {
        changedPeople: n,
        clearedPeople: n,
        foreignOverwrites: n,
        newlyUnmatched: n,
        attributes: [{ attribute: 'field:phone', changed: n, cleared: n, foreign: n }],
      },
      { users: 1000 - n },
    );
  const held = new Map<string, number>();
  for (let n = 0; n <= 400; n += 1) {
    for (const { rule, over } of judge(at(Math.min(n, 1)), at(n)).breaches) {
      const name = `${rule} ${over}`;
      if (!held.has(name)) held.set(name, n);
    }
    for (const { rule } of judge(at(n), impact({})).breaches) if (!held.has(rule)) held.set(rule, n);
  }
  const first = (limit: { percent: number; count: number }): number =>
    Math.max(standardIgnoreBelow, Math.min(limit.count, limit.percent * 10) + 1);
  for (const [name, { standard, window }] of Object.entries({ ...guardRules, ...attributeRules })) {
    const rule = name in attributeRules ? `perAttribute.${name}` : name;
    assert.equal(held.get(rule), first(standard), rule);
    assert.equal(held.get(`${rule} 7d`), first(window), `${rule} over the window`);
  }
});

test('the fault is that of the attributes which exceed their own threshold, else of all that add to it; nobody is at fault for who is missing', () => {
  const attributes = [
    { attribute: 'field:phone', changed: 300, cleared: 0, foreign: 0 },
    { attribute: 'field:fax', changed: 40, cleared: 0, foreign: 0 },
    { attribute: 'field:site', changed: 0, cleared: 0, foreign: 0 },
  ] as const;
  const fault = (run: Impact) => faultOf(judge(run).breaches, { run, window: run });
  const phone = { target: 'jira', attribute: 'field:phone' };
  assert.deepEqual(fault(impact({ changedPeople: 310, attributes })), { attributes: [phone], missing: false });
  const spread = attributes.map((one) => ({ ...one, changed: Math.min(one.changed, 90) }));
  assert.deepEqual(fault(impact({ changedPeople: 120, attributes: spread })), {
    attributes: [phone, { target: 'jira', attribute: 'field:fax' }],
    missing: false,
  });
  assert.deepEqual(fault(impact({}, { users: 500 })), { attributes: [], missing: true });
  assert.deepEqual(fault(impact({ newlyUnmatched: 300 })), { attributes: [], missing: true });
  assert.deepEqual(fault(impact({ changedPeople: 310, attributes }, { users: 500 })), {
    attributes: [phone],
    missing: true,
  });
});
