import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { disturbedTimes } from '../../../src/core/schedules/clock-changes.ts';
import { everComes, isCron, parseCron } from '../../../src/core/schedules/cron.ts';
import { scheduledWorkflowId, scheduleId, startedBySchedule } from '../../../src/core/schedules/schedule.ts';
import { isTimeZone, zoneMeant } from '../../../src/core/schedules/time-zones.ts';

const flawOf = (text: string) => {
  const read = parseCron(text);
  assert.ok(!isCron(read), `${text} is taken`);
  return read;
};
const cronOf = (text: string) => {
  const read = parseCron(text);
  assert.ok(isCron(read), `${text} is not taken`);
  return read;
};

describe('cron lines', () => {
  it('gives the values of every part', () => {
    const cron = cronOf(' */20 2,4-5  1/15 jan-Mar,sept mon,7 ');
    assert.deepEqual([...cron.minutes], [0, 20, 40]);
    assert.deepEqual([...cron.hours], [2, 4, 5]);
    assert.deepEqual([...cron.days], [1, 16, 31]);
    assert.deepEqual([...cron.months], [1, 2, 3, 9]);
    assert.deepEqual([...cron.weekdays], [1, 0]);
  });

  for (const [text, remedy] of [
    ['0 4 L * *', /"Last day" is not supported/],
    ['0 4 15W * *', /"Nearest weekday" is not supported/],
    ['0 4 * * mon#2', /"Nth weekday" is not supported/],
    ['0 4 ? * *', /\* for any day/],
    ['H 4 * * *', /Use a number/],
    ['0 4 * * 5-0', /5-6,0/],
    ['60 4 * * *', /from 0 to 59/],
    ['0 24 * * *', /from 0 to 23/],
    ['0 4 0 * *', /from 1 to 31/],
    ['0 4 */0 * *', /from 1 to 31/],
    ['0 4 1,,2 * *', /from 1 to 31/],
    ['0 4 * *', /Write all five/],
    ['0 0 4 * * *', /Remove seconds/],
    ['@daily', /"0 0 \* \* \*"/],
    ['@every 15m', /every: 15m/],
    ['TZ=Europe/Berlin 0 4 * * *', /timeZone/],
    ['', /Write all five/],
  ] as const) {
    it(`refuses "${text}" and says what would be right`, () => assert.match(flawOf(text).remedy, remedy));
  }

  it('tells a day that no month has from one that is rare', () => {
    for (const never of ['0 4 30 2 *', '0 4 31 4,6,9,11 *']) assert.equal(everComes(cronOf(never)), false, never);
    for (const rare of ['0 4 29 2 *', '0 4 31 * *', '0 4 30 1,2 *']) assert.equal(everComes(cronOf(rare)), true, rare);
  });
});

describe('time zones', () => {
  it('are names of the IANA database in their own spelling', () => {
    for (const zone of [
      'Europe/Berlin',
      'UTC',
      'Asia/Kolkata',
      'Asia/Calcutta',
      'US/Eastern',
      'Etc/GMT+5',
      'EST5EDT',
    ]) {
      assert.equal(isTimeZone(zone), true, zone);
    }
    for (const none of ['+02:00', 'europe/berlin', 'BST', 'IST', 'Z', 'GMT+1', 'Local', '', 'Europe/Berlin ']) {
      assert.equal(isTimeZone(none), false, none);
    }
    assert.equal(zoneMeant('europe/berlin'), 'Europe/Berlin');
    assert.equal(zoneMeant('america/new york '), 'America/New_York');
    assert.equal(zoneMeant('+02:00'), null);
  });

  it('a change of clocks leaves out and doubles what is due in its hour', () => {
    const now = Date.UTC(2026, 10, 25);
    assert.deepEqual(disturbedTimes(cronOf('30 2 * * *'), 'Europe/Berlin', now), [
      { when: '02:30 on 2027-03-28', happens: 'never' },
      { when: '02:30 on 2027-10-31', happens: 'twice' },
    ]);
    assert.deepEqual(disturbedTimes(cronOf('0 1 * * *'), 'Europe/London', now)[0]?.when, '01:00 on 2027-03-28');
    assert.deepEqual(disturbedTimes(cronOf('15 0 * * *'), 'America/Havana', now)[0]?.when, '00:15 on 2027-03-14');
    assert.deepEqual(disturbedTimes(cronOf('45 1 * * *'), 'Australia/Lord_Howe', now), [
      { when: '01:45 on 2027-04-04', happens: 'twice' },
    ]);
  });

  it('nothing is said of hours, days and zones that no change touches', () => {
    const now = Date.UTC(2026, 10, 25);
    for (const [line, zone] of [
      ['0 4 * * *', 'Europe/Berlin'],
      ['0 2 * * 1-5', 'Europe/Berlin'],
      ['0 2 1 * *', 'Europe/Berlin'],
      ['*/15 * * * *', 'Europe/Berlin'],
      ['0 2 * * *', 'UTC'],
      ['0 2 * * *', 'Asia/Kolkata'],
    ] as const) {
      assert.deepEqual(disturbedTimes(cronOf(line), zone, now), [], `${line} ${zone}`);
    }
  });
});

describe('names of schedules', () => {
  it('say what the schedule is, and the workflow of a run names its schedule', () => {
    const nightly = { cron: '0  4 * * *', timeZone: 'Europe/Berlin', mode: 'full' } as const;
    assert.equal(scheduleId('acme', nightly), 'attune/acme/full/0_4_*_*_*@Europe/Berlin');
    const started = `${scheduledWorkflowId('acme', nightly)}-2026-11-25T03:00:00Z`;
    assert.equal(startedBySchedule(started), scheduleId('acme', nightly));
    assert.equal(startedBySchedule('fullSync/acme/0a1b'), null);
  });
});
