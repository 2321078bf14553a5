import type { RunProgress } from '../core/report/progress.ts';

/** What a step of a run is counted in, how far it has come, and how much there is of it where that is known. */
export type Stand = { readonly done: number; readonly of: number | null; readonly unit: 'people' | 'values' };

/** How far the present step of a run has come. */
export const standOf = ({ phase, users, people, changes }: RunProgress): Stand => {
  if (phase === 'plan' || phase === 'judge') return { done: people.planned, of: people.toPlan, unit: 'people' };
  if (phase === 'apply' || phase === 'close') return { done: changes.decided, of: changes.planned, unit: 'values' };
  return { done: users.read, of: users.expected, unit: 'people' };
};

/** How fast a step goes: how many a second, and how many seconds it still takes; null where that cannot be told. */
export type Pace = { readonly rate: number; readonly left: number | null };

/** A rate over less than this says nothing. */
const steadyAfterMs = 500;

/** The pace of a step between two moments of it; null for moments of different steps, and as long as nothing is done. */
export const paceOf = (begun: RunProgress, now: RunProgress): Pace | null => {
  const ms = now.elapsedMs - begun.elapsedMs;
  if (begun.phase !== now.phase || ms < steadyAfterMs) return null;
  const { done, of } = standOf(now);
  const rate = ((done - standOf(begun).done) * 1000) / ms;
  if (rate <= 0) return null;
  return { rate, left: of === null || of < done ? null : (of - done) / rate };
};
