import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { type ScheduleEntry, type ScheduleState, scheduleId, scheduleName } from '../core/schedules/schedule.ts';

/** How many of the next times are told. */
const timesTold = 3;

/** How long Temporal may take to answer for one schedule. */
const withinMs = 5_000;

/** How each schedule of a connector stands at Temporal. */
export const scheduleStates = (
  client: Client,
  connector: string,
  entries: readonly ScheduleEntry[],
): Promise<readonly ScheduleState[]> =>
  Promise.all(
    entries.map(async (entry) => {
      const name = scheduleName(entry);
      try {
        const { state, info } = await client.connection.withDeadline(Date.now() + withinMs, () =>
          client.schedule.getHandle(scheduleId(connector, entry)).describe(),
        );
        const next = state.paused ? [] : info.nextActionTimes.slice(0, timesTold).map((time) => time.toISOString());
        return { name, isSet: true, paused: state.paused, note: state.note ?? null, next };
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        return { name, isSet: false, paused: false, note: null, next: [] };
      }
    }),
  );

/** Pauses schedules of a connector, or lets them go on; the note stands beside each at Temporal. */
export const pauseSchedules = async (
  client: Client,
  connector: string,
  entries: readonly ScheduleEntry[],
  { paused, note }: { readonly paused: boolean; readonly note: string },
): Promise<void> => {
  for (const entry of entries) {
    const handle = client.schedule.getHandle(scheduleId(connector, entry));
    await client.connection.withDeadline(Date.now() + withinMs, () =>
      paused ? handle.pause(note) : handle.unpause(note),
    );
  }
};
