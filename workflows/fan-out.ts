import {
  ApplicationFailure,
  CancellationScope,
  condition,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Candidates } from '../activities/index.ts';
import type { BatchEnd } from './batch.ts';
import { batchWindow, failBatch } from './options.ts';
import { type Back, isDone, nextStart, type Place, type Places, placeOf, takeBatch, takenUp } from './places.ts';
import { runBatch, type Step } from './run-batch.ts';
import { askPatience } from './waiting/patience.ts';

/**
 * How far the batches have come. Not `done` where the history asks to be continued as new first, or where all that is
 * left waits for the hours of its target: then `closedMs` tells for how long.
 */
export type FanOut = { readonly done: boolean; readonly places: Places; readonly closedMs: number };

/**
 * Starts one child per target and batch that has work, with a bounded window for each target so that a slow one delays
 * no other, and drains before it returns. An unavailable target is tried with one batch at a time, at growing
 * intervals, until the run's patience with it is over; then the rest of its people end as failed. What ends the run
 * ends all batches at once.
 */
export const fanOut = async (run: string, step: Step, candidates: Candidates, from: Places): Promise<FanOut> => {
  const places = new Map(candidates.map((target) => [target.target, placeOf(target, from[target.target])]));
  const scope = new CancellationScope();
  let failure: { readonly error: unknown } | null = null;
  const isClosed = (): boolean => {
    const left = [...places.values()].filter((place) => !isDone(place));
    return left.length > 0 && left.every((place) => place.isClosed);
  };
  const goesOn = (): boolean => failure === null && !workflowInfo().continueAsNewSuggested && !isClosed();
  const lane = async (target: string, place: Place): Promise<void> => {
    while (goesOn() && place.down === null) {
      if (place.tryAt === null) {
        if (!(await work(target, place))) return;
      } else if (place.isProbed) {
        await condition(() => !place.isProbed || !goesOn());
      } else {
        place.isProbed = true;
        const waitMs = place.tryAt - Date.now();
        if (waitMs > 0) await condition(() => !goesOn(), waitMs);
        if (goesOn() && !(await work(target, place))) place.tryAt = null;
        place.isProbed = false;
      }
    }
  };
  /** Works on the next batch of a target; false when there is none. */
  const work = async (target: string, place: Place): Promise<boolean> => {
    const batch = takeBatch(place);
    if (batch === null) return false;
    const wasAway = place.tryAt;
    place.underWay += 1;
    const { end, tries } = await runBatch(run, step, target, { ...batch, halves: place.halves });
    place.underWay -= 1;
    if (end === null) {
      place.isClosed = false;
      if (place.tryAt === wasAway) place.tryAt = null;
    } else await putBack(target, place, { ...batch, tries }, end, wasAway);
    setCurrentDetails(standing(step, places));
    return true;
  };
  /** Another batch may have found the target away meanwhile: that is one outage and not two. */
  const putBack = async (
    target: string,
    place: Place,
    batch: Back,
    end: Exclude<BatchEnd, null>,
    wasAway: number | null,
  ): Promise<void> => {
    place.back.push(batch);
    if (place.tryAt !== wasAway) return;
    if (end.left === 'met') {
      // Until it is known when to try again, no other batch of this target does.
      place.tryAt = Date.now() + 1;
      place.isProbed = true;
      const patience = await askPatience(run, target, end.met);
      place.isProbed = false;
      place.tryAt = patience === null ? null : Date.now() + patience.waitMs;
      if (patience !== null) return;
      if (end.met.kind === 'unforeseen') place.halves = true;
      else place.down = end.met.said;
    } else {
      place.isClosed = end.left === 'hours';
      place.tryAt = Date.now() + end.waitMs;
    }
  };
  const guarded = async (target: string, place: Place): Promise<void> => {
    try {
      await lane(target, place);
    } catch (error) {
      failure ??= { error };
      scope.cancel();
    }
  };
  setCurrentDetails(standing(step, places));
  await scope.run(async () => {
    await Promise.all(
      [...places].flatMap(([target, place]) => Array.from({ length: batchWindow }, () => guarded(target, place))),
    );
  });
  throwIfFailed(failure);
  throwIfNoneIsLeft(places);
  for (const [target, place] of places) await failRest(run, target, place);
  const left = [...places.values()].filter((place) => !isDone(place));
  const closedMs = isClosed() ? Math.max(1, Math.min(...left.map(({ tryAt }) => tryAt ?? 0)) - Date.now()) : 0;
  return { done: left.length === 0, places: Object.fromEntries(places), closedMs };
};

const throwIfFailed = (failure: { readonly error: unknown } | null): void => {
  if (failure !== null) throw failure.error;
};

const throwIfNoneIsLeft = (places: ReadonlyMap<string, Place>): void => {
  const busy = [...places.values()].filter(({ ranges }) => ranges.length > 0);
  const [said] = busy.flatMap(({ down }) => down ?? []);
  if (said === undefined || busy.some(({ down }) => down === null)) return;
  throw ApplicationFailure.nonRetryable(said, 'unavailable');
};

/** Ends the people of a target that stayed unavailable as failed, each with what it said. */
const failRest = async (run: string, target: string, place: Place): Promise<void> => {
  const { down, back, ranges } = place;
  if (down === null || isDone(place)) return;
  for (const { from, to } of back) await failBatch({ run, target, batch: { from, to }, reason: down });
  const from = nextStart(place);
  const to = ranges.at(-1)?.[1] ?? 0;
  if (from !== null) await failBatch({ run, target, batch: { from, to }, reason: down });
  place.back = [];
  place.next = to;
};

/** The progress of the batches, for people who look at the workflow. */
const standing = (step: Step, places: ReadonlyMap<string, Place>): string => {
  const each = [...places].map(([target, place]) => {
    const { count, back, underWay, tryAt, isClosed, down } = place;
    const open = back.length + underWay;
    const batches = open === 0 ? '' : `, ${open} ${open === 1 ? 'batch' : 'batches'} under way`;
    const waits = isClosed ? ', waiting for its hours' : tryAt === null ? '' : ', waiting for it';
    return `${target}: ${takenUp(place)} of ${count} people taken up${batches}${down === null ? waits : ', given up'}`;
  });
  return `${step}: ${each.length === 0 ? 'nobody to work on' : each.join('; ')}`;
};
