import { type ScheduleEntry, spanMs } from '../schedules/schedule.ts';

/**
 * How long a connector may be without a run carried out before it is stale, in milliseconds; null where nothing runs it by
 * itself, because it has no schedules or all of them are paused, or where its document says `off`. Health and notices go by
 * this one rule. `states` are those of its schedules, as far as they are known.
 */
export const staleAfterMs = (
  { schedules, staleAfter }: { readonly schedules: readonly ScheduleEntry[]; readonly staleAfter: string },
  states: readonly { readonly paused: boolean }[],
): number | null => {
  const rests = states.length > 0 && states.every(({ paused }) => paused);
  return schedules.length === 0 || rests || staleAfter === 'off' ? null : spanMs(staleAfter);
};
