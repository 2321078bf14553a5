import { mapValues } from '../map-values.ts';
import type { LeaverKind } from '../report/leaver-counts.ts';
import { spanMs } from '../schedules/schedule.ts';

/** What happens to a leaver's values: they are kept for good, or cleared when the period (`30d`, `12h`) is over. */
export type LeaverRule = 'keep' | { readonly clear: string };

/** The rule for each kind of leaver. */
export type LeaverSettings = Readonly<Record<LeaverKind, LeaverRule>>;

/** What a document that says nothing has: nothing of a leaver is ever cleared. */
export const keepLeavers: LeaverSettings = { disabled: 'keep', outOfScope: 'keep', deleted: 'keep' };

/** The span of each kind in seconds; null where the values are kept. */
export type LeaverSpans = Readonly<Record<LeaverKind, number | null>>;

/** The spans of settings. */
export const leaverSpans = (settings: LeaverSettings): LeaverSpans =>
  mapValues(settings, (rule) => (rule === 'keep' ? null : spanMs(rule.clear) / 1_000));
