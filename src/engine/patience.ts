import { isFailure } from '../core/failure.ts';
import { spanMs } from '../core/schedules/schedule.ts';
import type { Ledger } from '../ledger/open.ts';
import { type NewOutage, noteOutage, notePatience } from '../ledger/runs/outages.ts';
import { findRun } from '../ledger/runs/runs.ts';
import type { OpenConnector } from './open/connector.ts';

/** Why a step could not be done: a party is unavailable, it asked for a wait, or something unexpected happened. */
export type Hindrance = NewOutage & {
  readonly kind: 'away' | 'asked' | 'unforeseen';
  /** The wait the party asked for, if it did. */
  readonly waitMs: number | null;
};

/** When to try again; null when the run has waited for as long as it may. */
export type Patience = { readonly waitMs: number } | null;

/** That a run waits for a party, what that said, and for how long it will be waited for at most. */
export type RunWait = { readonly run: string; readonly party: string; readonly said: string; readonly upToMs: number };

type PatienceDeps = {
  /** Told once an outage is no blink any more: at the second try that failed. */
  readonly waits: (wait: RunWait) => void;
  readonly ledger: Ledger;
  readonly openConnector: (connector: string, version: number) => Promise<Pick<OpenConnector, 'patienceMs'>>;
};

/** The waits between two tries: twice as long each time, up to a minute. */
const firstMs = 1_000;
const longestMs = 60_000;

/** Unexpected failures do not go away by waiting as outages do, and one bad person must not cost an hour. */
const unforeseenMs = 300_000;

/** As long as a plan stays valid: a party that asks for waits longer than that has shut Attune out. */
const askedMs = spanMs('7d');

/** Where the document says nothing, or cannot be opened. */
const usualMs = spanMs('1h');

/**
 * Records what a step met and says whether and when to try again. The connector's patience counts per run and party
 * from the last progress; `pendingMs` is how long ago the party was met, because the ledger itself could not be reached
 * then.
 */
export const patienceFor = async (
  { ledger, openConnector, waits }: PatienceDeps,
  { kind, waitMs, ...outage }: Hindrance,
  pendingMs: number,
): Promise<Patience> => {
  const noted = await noteOutage(ledger, outage, pendingMs);
  // A run that could not even be noted: only the ledger can have kept it from that, and it answers by now.
  if (noted === null) return outage.party === 'ledger' ? { waitMs: firstMs } : null;
  const { tries, forMs } = noted;
  const own = kind === 'asked' ? askedMs : await patienceOf({ ledger, openConnector }, outage.run);
  const patience = kind === 'unforeseen' ? Math.min(unforeseenMs, own) : own;
  await notePatience(ledger, outage, patience);
  const left = patience - forMs;
  if (left <= 0) return null;
  if (kind === 'away' && tries === 2) waits({ ...outage, upToMs: patience });
  if (kind === 'asked' && waitMs !== null) return { waitMs: Math.ceil(Math.min(left, waitMs)) };
  const ownMs = Math.min(longestMs, firstMs * 2 ** (tries - 1));
  return { waitMs: Math.ceil(Math.min(left, Math.max(ownMs, waitMs ?? 0))) };
};

const patienceOf = async ({ ledger, openConnector }: Omit<PatienceDeps, 'waits'>, id: string): Promise<number> => {
  const run = await findRun(ledger, id);
  if (run === null) return usualMs;
  try {
    return (await openConnector(run.connector, run.version)).patienceMs;
  } catch (error) {
    if (isFailure(error) && error.kind === 'unavailable') throw error;
    return usualMs;
  }
};
