import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { type ScheduleEntry, type ScheduleState, scheduleId, scheduleName } from '../core/schedules/schedule.ts';
import type { Pausing } from './starter-port.ts';

/** How many of the next times are told. */
const timesTold = 3;

/** How long Temporal may take to answer for one schedule. */
const withinMs = 5_000;

/** The state of each schedule of a connector in Temporal. */
export const scheduleStates = (
  client: Client,
  connector: string,
  entries: readonly ScheduleEntry[],
): Promise<readonly ScheduleState[]> =>
  Promise.all(
    entries.map(async (entry) => {
      const name = scheduleName(entry);
      try {
        const { state, info, spec } = await client.connection.withDeadline(Date.now() + withinMs, () =>
          client.schedule.getHandle(scheduleId(connector, entry)).describe(),
        );
        const next = state.paused ? [] : info.nextActionTimes.slice(0, timesTold).map((time) => time.toISOString());
        const until = state.paused || !isAhead(spec.startAt) ? null : spec.startAt.toISOString();
        return { name, isSet: true, paused: state.paused || until !== null, until, note: state.note ?? null, next };
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        return { name, isSet: false, paused: false, until: null, note: null, next: [] };
      }
    }),
  );

const isAhead = (moment: Date | undefined): moment is Date => moment !== undefined && moment.getTime() > Date.now();

/**
 * Pauses or resumes schedules of a connector; the note is stored with each in Temporal. A schedule that is paused until
 * a given time is not paused in Temporal: it starts nothing before that time, and need not be resumed.
 */
export const pauseSchedules = async (
  client: Client,
  connector: string,
  entries: readonly ScheduleEntry[],
  { paused, until, note }: Pausing,
): Promise<void> => {
  for (const entry of entries) {
    const handle = client.schedule.getHandle(scheduleId(connector, entry));
    await client.connection.withDeadline(Date.now() + withinMs, () =>
      handle.update(({ action, policies, spec: { startAt: _, ...spec } }) => ({
        action,
        policies,
        spec: until === null ? spec : { ...spec, startAt: until },
        state: { paused: paused && until === null, note },
      })),
    );
  }
};
