import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Ledger } from '../../ledger/open.ts';
import { acquireSlots, releaseSlots, renewSlots, stopWaiting } from '../../ledger/runs/slots.ts';
import type { OpenTarget } from '../open/connector.ts';

/** How long a lease lives without renewal: the slots of a killed worker are free again after this. */
const leaseSeconds = 15;

/** How often a lease is renewed, which also tells whether somebody waits, and how often a full target is asked again. */
const renewMs = 1_000;
const askAgainMs = 100;

/** How long a step waits for a slot; then its workflow waits by timer, so that waiting uses up no attempt. */
const longestWaitMs = 20_000;

/** Slots of a target that a step works with. */
export type Lease = {
  readonly slots: number;
  readonly call: Call;
  /**
   * To be called between two pieces of work: if a run of one person waits for a slot, this one is given up and
   * requested again. False if it did not come back in time.
   */
  readonly giveWay: () => Promise<boolean>;
};

type Asker = { readonly ledger: Ledger; readonly call: Call };

/**
 * Works at a target under a lease of its slots: at most half of them, so that two batches overlap, and stops the work
 * when the lease is lost. `noSlot` when none has fallen free in time.
 */
export const withSlots = async <Result>(
  { ledger, call }: Asker,
  { id, inFlight }: Pick<OpenTarget, 'id' | 'inFlight'>,
  single: boolean,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result | 'noSlot'> => {
  const holder = randomUUID();
  const ask = async (want: number): Promise<number> => {
    const request = { want, inFlight, holder, single, seconds: leaseSeconds };
    const since = performance.now();
    for (;;) {
      const got = await acquireSlots(ledger, id, request);
      if (got > 0 || performance.now() - since > longestWaitMs) return got;
      await sleep(askAgainMs, undefined, { signal: call.signal });
    }
  };
  const lost = new AbortController();
  let slots = 0;
  let waiting = 0;
  let renewal: NodeJS.Timeout | undefined;
  try {
    slots = await ask(single ? 1 : Math.ceil(inFlight / 2));
    if (slots === 0) return 'noSlot';
    renewal = setInterval(() => {
      renewSlots(ledger, id, holder, leaseSeconds).then(
        (renewed) => {
          waiting = renewed.waiting;
          if (renewed.held < slots) lost.abort(leaseLost(id));
        },
        () => undefined,
      );
    }, renewMs);
    renewal.unref();
    const giveWay = async (): Promise<boolean> => {
      if (single || waiting === 0) return true;
      waiting -= 1;
      slots -= 1;
      await releaseSlots(ledger, id, holder, true);
      const got = await ask(1);
      slots += got;
      return got > 0;
    };
    const signal = AbortSignal.any([call.signal, lost.signal]);
    return await work({ slots, call: { ...call, signal }, giveWay });
  } catch (error) {
    throw lost.signal.aborted && !call.signal.aborted ? leaseLost(id) : error;
  } finally {
    clearInterval(renewal);
    if (slots > 0) await releaseSlots(ledger, id, holder);
    else if (single) await stopWaiting(ledger, id, holder);
  }
};

/** Asks a target something for one person who waits for the answer; throws `throttled` where it is too busy for that. */
export const withOneSlot = async <Result>(
  asker: Asker,
  target: Pick<OpenTarget, 'id' | 'inFlight'>,
  work: (call: Call) => Promise<Result>,
): Promise<Result> => {
  const answer = await withSlots(asker, target, true, async ({ call }) => ({ result: await work(call) }));
  if (answer !== 'noSlot') return answer.result;
  throw new Failure('throttled', `All ${target.inFlight} requests that ${target.id} may get at once are in use.`, {
    party: target.id,
    waitMs: longestWaitMs,
    remedy: 'Try again in a moment, or raise inFlight if the target can handle more.',
  });
};

const leaseLost = (target: string): Failure =>
  new Failure('unavailable', `The lease on ${target} expired during the work; the work is started again.`, {
    party: target,
  });

/**
 * Runs `work` over all items, as many at a time as the lease has slots; the first error stops the start of further ones
 * and is thrown. If slots were lost to others, the remaining items are left undone.
 */
export const inLanes = async <Item>(
  { slots, call, giveWay }: Lease,
  items: Iterator<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> =>
  lanes(slots, async () => {
    call.signal.throwIfAborted();
    if (!(await giveWay())) return false;
    const { done, value } = items.next();
    if (done === true) return false;
    await work(value);
    return true;
  });

/** Runs `work` over all items, `width` at a time; the first error stops the start of further ones and is thrown. */
export const inParallel = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  await lanes(width, async () => {
    const { done, value } = queue.next();
    if (done === true) return false;
    await work(value);
    return true;
  });
};

/** Calls `step` in each lane until it says that there is no more, or until one throws. */
const lanes = async (width: number, step: () => Promise<boolean>): Promise<void> => {
  let failed = false;
  const lane = async (): Promise<void> => {
    try {
      while (!failed && (await step()));
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  for (const one of await Promise.allSettled(Array.from({ length: width }, lane))) {
    if (one.status === 'rejected') throw one.reason;
  }
};
