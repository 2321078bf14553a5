import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';

/** The schedule by which the ledger is looked through; it belongs to no connector. */
export const housekeepingSchedule = 'attune-housekeeping';

/** Sees to it that Temporal starts the housekeeping four times a day; a pause of the schedule stays. */
export const scheduleHousekeeping = async (client: Client, queue: string): Promise<void> => {
  const options = {
    spec: { intervals: [{ every: '6h' as const }], jitter: '20m' as const },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1h' as const },
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'housekeeping',
      args: [],
      taskQueue: queue,
      workflowId: 'housekeeping',
      staticSummary: 'removes data past its retention',
    },
  };
  try {
    await client.schedule
      .getHandle(housekeepingSchedule)
      .update(({ state }) => ({ ...options, state: { paused: state.paused, note: state.note ?? '' } }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId: housekeepingSchedule, ...options });
  }
};
