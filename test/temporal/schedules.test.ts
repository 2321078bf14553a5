import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import fc from 'fast-check';
import { disturbedTimes } from '../../src/core/schedules/clock-changes.ts';
import { everComes, isCron, parseCron } from '../../src/core/schedules/cron.ts';
import { type ScheduleEntry, scheduleId } from '../../src/core/schedules/schedule.ts';
import { isTimeZone } from '../../src/core/schedules/time-zones.ts';
import { aliases } from '../../src/core/schedules/zone-aliases.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { pauseSchedules, scheduleStates } from '../../src/temporal/schedule-states.ts';
import { reconcileSchedules } from '../../src/temporal/schedules.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'attune-schedules-'));
const cli = process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '';
const server = await startEmbeddedTemporal({ cli, dataDir, ui: false });
const connection = await Connection.connect({ address: server.address });
const client = new Client({ connection });
after(async () => {
  await connection.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const action = { type: 'startWorkflow', workflowType: 'none', taskQueue: 'none', args: [] } as const;

/** The next times the scheduler itself gives a line, or null when it refuses the line. */
const schedulerTimes = async (cron: string, timezone: string): Promise<readonly Date[] | null> => {
  const options = { scheduleId: `asked-${randomUUID()}`, spec: { cronExpressions: [cron], timezone }, action };
  try {
    const handle = await client.schedule.create(options);
    const { info } = await handle.describe();
    await handle.delete();
    return info.nextActionTimes;
  } catch {
    return null;
  }
};

describe('schedules are checked by the rules of the scheduler', () => {
  const value = fc.oneof(
    fc.integer({ min: 0, max: 62 }).map(String),
    fc.constantFrom('*', 'mon', 'Sunday', 'jan', 'sept', 'm', '?', 'L', '5W', '+3', '007', '', '-1', '1.5', 'x'),
  );
  const range = fc.oneof(
    value,
    fc.tuple(value, value).map(([from, to]) => `${from}-${to}`),
  );
  const item = fc.oneof(
    range,
    fc.tuple(range, fc.constantFrom('0', '2', '7', '-1', 'x', '99')).map((two) => two.join('/')),
  );
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map(String) },
    { weight: 2, arbitrary: item },
    { weight: 1, arbitrary: fc.tuple(item, item).map((two) => two.join(',')) },
  );

  it('whatever line is drawn, both take it or neither does, and both know whether it ever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(part, part, part, part, part), async (parts) => {
        const line = parts.join(' ');
        fc.pre(line.split(/\s+/).length === 5 && !/^\s|\s$/.test(line));
        const read = parseCron(line);
        const times = await schedulerTimes(line, 'UTC');
        assert.equal(isCron(read), times !== null, line);
        if (isCron(read)) assert.equal(everComes(read), (times ?? []).length > 0, line);
      }),
      { numRuns: 400 },
    );
  });

  it('every zone it takes, the scheduler takes', async () => {
    const zones = [...Intl.supportedValuesOf('timeZone'), ...aliases];
    assert.ok(zones.every(isTimeZone));
    const refused: string[] = [];
    const queue = zones.values();
    const ask = async () => {
      for (const zone of queue) if ((await schedulerTimes('0 4 * * *', zone)) === null) refused.push(zone);
    };
    await Promise.all(Array.from({ length: 16 }, ask));
    assert.deepEqual(refused, []);
  });

  it('the run that a change of clocks leaves out is left out by the scheduler', async () => {
    const read = parseCron('30 2 * 3 0');
    assert.ok(isCron(read));
    const [left] = disturbedTimes(read, 'Europe/Berlin', Date.now());
    const day = left?.when.slice(-10) ?? '';
    const times = (await schedulerTimes('30 2 * 3 0', 'Europe/Berlin')) ?? [];
    const days = times.map((time) => time.toISOString().slice(0, 10));
    const before = new Date(Date.parse(day) - 7 * 24 * 3_600_000).toISOString().slice(0, 10);
    assert.ok(days.includes(before), `${before} among ${days}`);
    assert.ok(!days.includes(day), `${day} not among ${days}`);
  });
});

describe('schedules follow the documents', () => {
  const half: ScheduleEntry = { every: '4h', mode: 'verify' };
  const nightly: ScheduleEntry = { cron: '0 4 * * *', timeZone: 'Europe/Berlin', mode: 'full' };
  const often: ScheduleEntry = { every: '15m', mode: 'delta' };
  const present = async (connector: string, wanted: number): Promise<string[]> => {
    let ids: string[] = [];
    // The list lags behind what was just changed.
    for (let tries = 0; tries < 100; tries += 1) {
      ids = [];
      for await (const { scheduleId: id } of client.schedule.list()) if (id.includes(`/${connector}/`)) ids.push(id);
      if (ids.length === wanted) break;
      await sleep(100);
    }
    return ids.sort();
  };
  const isPaused = async (id: string) => (await client.schedule.getHandle(id).describe()).state.paused;

  it('one that the scheduler refuses is left out and told; the others are set', async () => {
    const bad: ScheduleEntry = { cron: '0 2 L * *', timeZone: 'UTC', mode: 'full' };
    const elsewhere: ScheduleEntry = { cron: '0 4 * * *', timeZone: '+02:00', mode: 'full' };
    const problems = await reconcileSchedules(
      client,
      [
        { id: 'sick', schedules: [bad, elsewhere, often] },
        { id: 'sound', schedules: [nightly] },
      ],
      'none',
    );
    assert.deepEqual(
      problems.map(({ connector, schedule }) => [connector, schedule]),
      [
        ['sick', scheduleId('sick', bad)],
        ['sick', scheduleId('sick', elsewhere)],
      ],
    );
    assert.match(problems[0]?.message ?? '', /DayOfMonth/);
    assert.match(problems[1]?.message ?? '', /unknown time zone \+02:00/);
    assert.deepEqual(await present('sick', 1), [scheduleId('sick', often)]);
    assert.deepEqual(await present('sound', 1), [scheduleId('sound', nightly)]);
    await reconcileSchedules(client, [{ id: 'sick', schedules: null }], 'none');
    assert.deepEqual(await present('sick', 1), [scheduleId('sick', often)], 'an unread connector keeps its schedules');
    assert.deepEqual(await present('sound', 0), []);
    await reconcileSchedules(client, [], 'none');
  });

  it('a pause stays with its schedule wherever the list moves it', async () => {
    await reconcileSchedules(client, [{ id: 'moved', schedules: [half, often] }], 'none');
    await client.schedule.getHandle(scheduleId('moved', half)).pause('maintenance');
    await present('moved', 2);
    await reconcileSchedules(client, [{ id: 'moved', schedules: [nightly, often, half] }], 'none');
    assert.equal(await isPaused(scheduleId('moved', half)), true);
    for (const entry of [nightly, often]) assert.equal(await isPaused(scheduleId('moved', entry)), false);
    await present('moved', 3);
    await reconcileSchedules(client, [{ id: 'moved', schedules: [nightly, often] }], 'none');
    await present('moved', 2);
    await reconcileSchedules(client, [{ id: 'moved', schedules: [half] }], 'none');
    assert.equal(await isPaused(scheduleId('moved', half)), false, 'one made anew is not paused');
    await reconcileSchedules(client, [], 'none');
  });

  it('one that is paused until a moment starts nothing before it, needs nobody then, and stays so when stored again', async () => {
    await reconcileSchedules(client, [{ id: 'resting', schedules: [often] }], 'none');
    const until = new Date(Date.now() + 3 * 24 * 3_600_000);
    const rest = { paused: true, until, note: 'paused by ada' };
    await pauseSchedules(client, 'resting', [often], rest);
    await reconcileSchedules(client, [{ id: 'resting', schedules: [often] }], 'none');
    const [resting] = await scheduleStates(client, 'resting', [often]);
    assert.deepEqual([resting?.paused, resting?.until, resting?.note], [true, until.toISOString(), 'paused by ada']);
    assert.equal(resting?.next.length, 3);
    for (const at of resting?.next ?? []) assert.ok(Date.parse(at) >= until.getTime(), at);
    await pauseSchedules(client, 'resting', [often], { paused: true, until: null, note: 'for good' });
    const [still] = await scheduleStates(client, 'resting', [often]);
    assert.deepEqual([still?.paused, still?.until, still?.next], [true, null, []]);
    await pauseSchedules(client, 'resting', [often], { paused: false, until: null, note: 'resumed' });
    const [awake] = await scheduleStates(client, 'resting', [often]);
    assert.deepEqual([awake?.paused, awake?.until], [false, null]);
    assert.ok(Date.parse(awake?.next[0] ?? '') < until.getTime());
    await reconcileSchedules(client, [], 'none');
  });

  it('a schedule of before, named by its place, hands its pause to the same schedule', async () => {
    const old = async (index: number, spec: object, mode: string, paused: boolean) =>
      client.schedule.create({
        scheduleId: `attune/older/${index}`,
        spec,
        action: { ...action, args: [{ connector: 'older', mode, intent: 'apply' }] },
        state: { paused, ...(paused ? { note: 'by ada' } : {}) },
      });
    await old(0, { intervals: [{ every: '15m' }] }, 'delta', false);
    await old(1, { cronExpressions: ['0 4 * * *'], timezone: 'Europe/Berlin' }, 'full', true);
    await old(2, { intervals: [{ every: '4h' }] }, 'full', true);
    await present('older', 3);
    await reconcileSchedules(client, [{ id: 'older', schedules: [nightly, often, half] }], 'none');
    const ids = [nightly, often, half].map((entry) => scheduleId('older', entry));
    assert.deepEqual(await present('older', 3), ids.toSorted());
    assert.deepEqual(await Promise.all(ids.map(isPaused)), [true, false, false]);
    assert.equal((await client.schedule.getHandle(ids[0] ?? '').describe()).state.note, 'by ada');
    await reconcileSchedules(client, [], 'none');
  });

  it('two schedules due at one moment start one run each', async () => {
    const due = new Date(Math.floor(Date.now() / 14_400_000) * 14_400_000);
    await reconcileSchedules(client, [{ id: 'both', schedules: [half, often] }], 'none');
    const started = new Set<string>();
    for (const entry of [half, often]) {
      const handle = client.schedule.getHandle(scheduleId('both', entry));
      // Starts are spread over half a minute; the time in the id stays the one they were due.
      const span = { start: new Date(due.getTime() - 1_000), end: new Date(due.getTime() + 40_000) };
      await handle.backfill({ ...span, overlap: ScheduleOverlapPolicy.ALLOW_ALL });
    }
    for (let tries = 0; tries < 100 && started.size < 2; tries += 1) {
      for await (const { workflowId } of client.workflow.list())
        if (workflowId.includes('/both/')) started.add(workflowId);
      await sleep(100);
    }
    const at = due.toISOString().replace('.000Z', 'Z');
    const expected = [`fullSync/both/schedule/delta/every-15m-${at}`, `fullSync/both/schedule/verify/every-4h-${at}`];
    assert.deepEqual([...started].sort(), expected);
  });
});
