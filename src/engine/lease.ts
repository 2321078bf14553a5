import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import type { Ledger } from '../ledger/open.ts';
import { acquireSlots, releaseSlots, renewSlots } from '../ledger/runs/slots.ts';
import type { OpenTarget } from './connector.ts';

/** How long a lease lives without renewal: the slots of a killed worker are free again after this. */
const leaseSeconds = 15;

/** How often a lease is renewed, and how often a full target is asked again. */
const renewMs = 5_000;
const waitMs = 200;

/**
 * Works at a target under a lease of its slots: waits until at least one is free, takes at most half of what full runs
 * may use (so that two batches overlap), and stops the work when the lease is lost.
 */
export const withSlots = async <Result>(
  { ledger, call }: { readonly ledger: Ledger; readonly call: Call },
  { id, inFlight }: Pick<OpenTarget, 'id' | 'inFlight'>,
  single: boolean,
  work: (slots: number, call: Call) => Promise<Result>,
): Promise<Result> => {
  const holder = randomUUID();
  const want = single ? 1 : Math.max(1, Math.ceil((inFlight - 1) / 2));
  const request = { want, inFlight, holder, single, seconds: leaseSeconds };
  let slots = await acquireSlots(ledger, id, request);
  while (slots === 0) {
    await sleep(waitMs, undefined, { signal: call.signal });
    slots = await acquireSlots(ledger, id, request);
  }
  const lost = new AbortController();
  const renewal = setInterval(() => {
    renewSlots(ledger, id, holder, leaseSeconds).then(
      (held) => held < slots && lost.abort(leaseLost(id)),
      () => undefined,
    );
  }, renewMs);
  try {
    const signal = AbortSignal.any([call.signal, lost.signal]);
    return await work(slots, { ...call, signal });
  } catch (error) {
    throw lost.signal.aborted && !call.signal.aborted ? leaseLost(id) : error;
  } finally {
    clearInterval(renewal);
    await releaseSlots(ledger, id, holder);
  }
};

const leaseLost = (target: string): Failure =>
  new Failure('unavailable', `The lease on ${target} ran out while working there; the work is begun again.`, {
    party: target,
  });

/** Runs `work` over all items, `width` at a time; the first error stops the start of further ones and is thrown. */
export const inParallel = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const queue = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const one of lanes) if (one.status === 'rejected') throw one.reason;
};
