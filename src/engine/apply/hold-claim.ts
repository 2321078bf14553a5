import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { SourceId } from '../../core/values.ts';
import { askedFor, type ClaimedAccount, claimSeconds, giveBack, renewClaim } from '../../ledger/links/claims.ts';
import type { Ledger } from '../../ledger/open.ts';
import { partOf } from '../retry-unanswered.ts';

/** How long a request may take at most: none begins unless the claim outlives it. */
const requestMs = 31_000;

/**
 * How often a claim is renewed, for how long one holder does so, and how often it checks whether somebody is waiting.
 */
const renewMs = 5_000;
const longestHoldMs = 300_000;
const lookMs = 750;

/** The claim of a group while it is written. */
export type HeldClaim = {
  /** A call that begins no write which might outlive the claim, and ends when the claim is lost. */
  readonly call: Call;
  /** To be called before anything is sent for a person; false if the claim was given up to somebody who waits. */
  readonly begin: (person: SourceId) => boolean;
  readonly end: () => void;
};

/**
 * Keeps the claim of a group alive, and gives up whom a run of one person asks for and nothing was sent for yet. `since`
 * is a moment before the claim was taken, by `performance.now()`.
 */
export const holdClaim = (
  { ledger, call }: { readonly ledger: Ledger; readonly call: Call },
  group: {
    readonly target: string;
    readonly claim: string;
    readonly people: readonly ClaimedAccount[];
    readonly since: number;
  },
): HeldClaim => {
  const { target, claim, since } = group;
  const lost = new AbortController();
  const waiting = new Map(group.people.map((one) => [one.person, one]));
  let held = group.people.length;
  let endsAt = since + claimSeconds * 1000;
  const renew = async (): Promise<void> => {
    const before = performance.now();
    if (before >= endsAt) return lost.abort(claimLost(target));
    if (before - since > longestHoldMs) return;
    const renewed = await renewClaim(ledger, target, claim).catch(() => null);
    if (renewed === null) return;
    if (renewed < held) lost.abort(claimLost(target));
    else endsAt = before + claimSeconds * 1000;
  };
  const look = async (): Promise<void> => {
    const asked = await askedFor(ledger, target, claim).catch(() => []);
    const accounts = asked.flatMap((person) => waiting.get(person) ?? []);
    if (accounts.length === 0) return;
    for (const person of asked) waiting.delete(person);
    held -= accounts.length;
    await giveBack(ledger, target, claim, accounts).catch(() => undefined);
  };
  const timers = [setInterval(() => void renew(), renewMs), setInterval(() => void look(), lookMs)];
  for (const timer of timers) timer.unref();
  return {
    call: partOf(call, {
      signal: AbortSignal.any([call.signal, lost.signal]),
      count: (kind) => {
        if (kind === 'write' && performance.now() + requestMs > endsAt) throw claimLost(target);
        return call.count(kind);
      },
    }),
    begin: (person) => waiting.delete(person),
    end: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
};

/** The claim cannot be prolonged: the ledger does not answer, the run was ended, or another has taken the account. */
const claimLost = (target: string): Failure =>
  new Failure('throttled', `The claim on accounts at ${target} expired during the work; the rest is started again.`, {
    party: target,
    waitMs: 5_000,
    unsent: true,
  });
