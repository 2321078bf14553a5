import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type HealthRun, healthOf } from '../../../src/core/report/health.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();
const ran = (over: Partial<HealthRun> & { hours: number }): HealthRun => {
  const { hours, ...rest } = over;
  return {
    id: `run-${hours}`,
    status: 'done',
    intent: 'apply',
    startedAt: hoursAgo(hours),
    finishedAt: hoursAgo(hours),
    failure: null,
    warnings: [],
    ...rest,
  };
};
const daily = { isSet: true, paused: false, next: [hoursAgo(-10), hoursAgo(-34)] };
const hour = 3_600_000;
const failure = { kind: 'auth', message: 'Okta refuses the token.' } as const;

const cases: readonly [
  string,
  readonly HealthRun[],
  Parameters<typeof healthOf>[1],
  string,
  string | null,
  string[],
][] = [
  ['never run', [], [], 'unknown', null, ['neverRun']],
  [
    'a run that was skipped or still goes on says nothing',
    [ran({ hours: 1, status: 'running' }), ran({ hours: 2, status: 'skipped' })],
    [],
    'unknown',
    null,
    ['neverRun'],
  ],
  ['in tune', [ran({ hours: 3 })], [daily], 'ok', hoursAgo(3), ['inTune']],
  [
    'failing since the first of a row of failures',
    [
      ran({ hours: 1, status: 'failed', failure }),
      ran({ hours: 2, status: 'failed', failure }),
      ran({ hours: 3 }),
      ran({ hours: 4, status: 'failed' }),
    ],
    [daily],
    'critical',
    hoursAgo(2),
    ['failing'],
  ],
  [
    'failing from the first run on',
    [ran({ hours: 1, status: 'failed', failure })],
    [],
    'critical',
    hoursAgo(1),
    ['failing'],
  ],
  [
    'held',
    [ran({ hours: 1, status: 'awaitingApproval' }), ran({ hours: 3 })],
    [daily],
    'critical',
    hoursAgo(1),
    ['held'],
  ],
  ['planned only', [ran({ hours: 1, status: 'planned', intent: 'plan' })], [], 'unknown', hoursAgo(1), ['plannedOnly']],
  [
    'a plan by hand changes nothing about being in tune',
    [ran({ hours: 1, status: 'planned', intent: 'plan' }), ran({ hours: 3 })],
    [daily],
    'ok',
    hoursAgo(3),
    ['inTune'],
  ],
  ['stale', [ran({ hours: 50 })], [daily], 'critical', hoursAgo(50), ['stale']],
  ['not stale yet', [ran({ hours: 26 })], [daily], 'ok', hoursAgo(26), ['inTune']],
  ['stale without a run ever', [], [daily], 'critical', hoursAgo(900), ['stale']],
  [
    'stale though planned',
    [ran({ hours: 1, status: 'planned', intent: 'plan' })],
    [daily],
    'critical',
    hoursAgo(900),
    ['stale'],
  ],
  ['without a schedule nothing is stale', [ran({ hours: 5_000 })], [], 'ok', hoursAgo(5_000), ['inTune']],
  [
    'some people failed',
    [ran({ hours: 3, status: 'doneWithFailures' })],
    [daily],
    'warning',
    hoursAgo(3),
    ['failedPeople'],
  ],
  [
    'warned of',
    [ran({ hours: 3, warnings: ['The credential ends in 21 days.'] })],
    [daily],
    'warning',
    hoursAgo(3),
    ['warned', 'inTune'],
  ],
  ['paused', [ran({ hours: 3 })], [{ ...daily, paused: true, next: [] }], 'warning', hoursAgo(3), ['paused', 'inTune']],
  [
    'a schedule Temporal does not have',
    [ran({ hours: 3 })],
    [{ ...daily, isSet: false, next: [] }],
    'warning',
    hoursAgo(3),
    ['notSet', 'inTune'],
  ],
];

for (const [name, runs, schedules, state, since, codes] of cases) {
  it(`health: ${name}`, () => {
    const good = runs.find(({ status, intent }) => intent === 'apply' && status.startsWith('done'));
    const waiting = {
      since: good?.finishedAt ?? hoursAgo(900),
      staleAfterMs: schedules.length === 0 ? null : 26 * hour,
    };
    const health = healthOf(runs, schedules, waiting, now);
    assert.deepEqual([health.state, health.since, health.reasons.map(({ code }) => code)], [state, since, codes]);
    for (const { text, remedy, code } of health.reasons) {
      assert.ok(text.endsWith('.'), text);
      assert.equal(remedy === null, code === 'inTune' || code === 'warned', code);
    }
  });
}
