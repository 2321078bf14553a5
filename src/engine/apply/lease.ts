import { randomUUID } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { Ledger } from '../../ledger/open.ts';
import { acquireSlots, releaseSlots, renewSlots, stopWaiting, waitingAt } from '../../ledger/runs/slots.ts';
import type { OpenTarget } from '../open/connector.ts';
import { listen, newsWithin, tell } from './slot-news.ts';

/** How long a lease lives without renewal: the slots of a killed worker are free again after this. */
const leaseSeconds = 15;

/**
 * How often a lease looks whether a run of one person waits in another process; one of its own says so. If none does it
 * takes what is left free: whoever wants that asks for it every tenth of a second.
 */
const lookMs = 300;

/** How often a lease is renewed, and how often a full target is asked again, unless a slot is given back in this process. */
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
  /** The same within a piece of work, which is gone on with as soon as there is a slot again, however long that takes. */
  readonly lend: () => Promise<void>;
  /** Calls `take` with each number of further slots that fall to the lease, as long as `wants` says that there is use. */
  readonly grow: (more: Growth) => void;
  /** Gives one of the slots back: of a lane that ends, so that another may come back to its own. */
  readonly giveBack: () => Promise<void>;
};

type Growth = { readonly wants: () => boolean; readonly take: (slots: number) => void };

/** A lease that a step took for all it does at a target; what it calls works with the same. */
export type HeldLease = { readonly target: string; readonly lease: Lease };

type Asker = { readonly ledger: Ledger; readonly call: Call; readonly held?: HeldLease };

/**
 * Works at a target under a lease of its slots, and stops the work when the lease is lost. A lease begins with half of
 * them at most, so that two batches overlap, and grows by what nobody else asks for, for some seconds each time: the only
 * batch there is, or the last one, works with all. `noSlot` when none has fallen free in time.
 */
export const withSlots = async <Result>(
  { ledger, call, held }: Asker,
  { id, inFlight }: Pick<OpenTarget, 'id' | 'inFlight'>,
  single: boolean,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result | 'noSlot'> => {
  if (held?.target === id) return work({ ...held.lease, call, giveBack: async () => undefined });
  const holder = randomUUID();
  const ask = async (want: number): Promise<number> => {
    const request = { want, inFlight, holder, single, seconds: leaseSeconds };
    const since = performance.now();
    for (;;) {
      const got = await acquireSlots(ledger, id, request);
      if (got > 0 || performance.now() - since > longestWaitMs) return got;
      if (single) tell('waits', id);
      await newsWithin('free', id, askAgainMs, call.signal);
    }
  };
  const lost = new AbortController();
  let slots = 0;
  let waiting = 0;
  // How many of its lanes wait to take a slot back: what falls free is for them.
  let lent = 0;
  // How often the number of slots has changed: what was counted before that says nothing about a loss.
  let changes = 0;
  let growth: Growth | null = null;
  let looking: Promise<void> = Promise.resolve();
  const timers: NodeJS.Timeout[] = [];
  let stopListening = (): void => undefined;
  const look = async (): Promise<void> => {
    if (single) return;
    waiting = await waitingAt(ledger, id);
    if (waiting > 0 || lent > 0 || slots >= inFlight || growth?.wants() !== true) return;
    changes += 1;
    const request = { want: inFlight - slots, inFlight, holder, single, seconds: leaseSeconds };
    const got = await acquireSlots(ledger, id, request);
    slots += got;
    changes += 1;
    if (got > 0) growth.take(got);
  };
  const every = (ms: number, work: () => void): void => {
    timers.push(setInterval(work, ms).unref());
  };
  try {
    slots = await ask(single ? 1 : Math.ceil(inFlight / 2));
    if (slots === 0) return 'noSlot';
    every(renewMs, () => {
      const before = changes;
      renewSlots(ledger, id, holder, leaseSeconds).then(
        (held) => {
          if (changes === before && held < slots) lost.abort(leaseLost(id));
        },
        () => undefined,
      );
    });
    const lookNext = (): void => {
      looking = looking.then(look).catch(() => undefined);
    };
    every(lookMs, lookNext);
    stopListening = listen('waits', id, lookNext);
    const giveBack = async (): Promise<void> => {
      slots -= 1;
      changes += 1;
      await releaseSlots(ledger, id, holder, true);
      tell('free', id);
    };
    const mayStay = (): boolean => single || waiting === 0;
    const takeBack = async (): Promise<boolean> => {
      const got = await ask(1);
      slots += got;
      changes += 1;
      return got > 0;
    };
    const away = async <Back>(back: () => Promise<Back>): Promise<Back> => {
      waiting -= 1;
      lent += 1;
      try {
        await giveBack();
        return await back();
      } finally {
        lent -= 1;
      }
    };
    const giveWay = async (): Promise<boolean> => mayStay() || away(takeBack);
    const lend = async (): Promise<void> => {
      if (mayStay()) return;
      await away(async () => {
        while (!(await takeBack()));
      });
    };
    const signal = AbortSignal.any([call.signal, lost.signal]);
    const onGrowth = (more: Growth): void => {
      growth = more;
    };
    return await work({ slots, call: { ...call, signal }, giveWay, lend, giveBack, grow: onGrowth });
  } catch (error) {
    throw lost.signal.aborted && !call.signal.aborted ? leaseLost(id) : error;
  } finally {
    for (const timer of timers) clearInterval(timer);
    stopListening();
    await looking;
    if (slots > 0) {
      await releaseSlots(ledger, id, holder);
      tell('free', id);
    } else if (single) await stopWaiting(ledger, id, holder);
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
