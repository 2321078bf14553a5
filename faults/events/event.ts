import type { JournalEntry } from '../journal.ts';
import type { Random } from '../random.ts';
import type { System } from '../systems/system.ts';
import type { World } from '../world.ts';

/** A run and the workflow that carries it. */
export type Carried = { readonly run: string; readonly workflowId: string };

/** What an event works with. */
export type Scene = {
  readonly world: World;
  readonly system: System;
  readonly random: Random;
  /** The runs under way, as far as is known. */
  readonly underWay: () => readonly Carried[];
  /** Runs of this round that have ended. */
  readonly over: () => readonly Carried[];
  /** People edited in this round. */
  readonly edited: () => readonly string[];
  /** Starts a run of one person beside everything else. */
  readonly runPerson: (person: string) => void;
  /** The longest a process is frozen, in seconds. */
  readonly longestFreeze: number;
  /** Goes on beside the round, which waits for it before it is judged. */
  readonly beside: (work: Promise<unknown>) => void;
  /** A password was refused in so many words, which a process remembers for a quarter of an hour. */
  readonly refused: () => void;
  /** Something that must never be. */
  readonly report: (hang: string) => void;
};

/** What the stand-ins remember at the end of a round. */
export type Seen = { readonly met: readonly number[]; readonly logins: readonly JournalEntry[] };

/** Whether an event has hit, as the journals tell. */
export type Proof = (seen: Seen) => boolean;

/** One way of hurting the system; gives a proof for each fault it injected, none where there was nothing to hit. */
export type Event = { readonly kind: string; readonly happen: (scene: Scene) => Promise<readonly Proof[]> };

/** What was seen to hit at once. */
export const hit: readonly Proof[] = [() => true];

/** What hit nothing. */
export const missed: readonly Proof[] = [];

/** A fault laid on requests has hit when it has met one. */
export const met =
  (at: number): Proof =>
  (seen) =>
    (seen.met[at] ?? 0) > 0;

/** What ended sessions or tokens has hit when somebody had to sign in again afterwards. */
export const signedInAgain =
  (services: readonly string[], since: number): Proof =>
  ({ logins }) =>
    logins.some(
      ({ service, method, at }) => services.includes(service) && method === 'POST' && Date.parse(at) >= since,
    );
