import { type ConnectorId, connectors } from './document.ts';
import type { Event } from './events/event.ts';
import { events } from './events/index.ts';
import { drawMoment, type Moment } from './moments.ts';
import type { Random } from './random.ts';

/** An event, when it happens, and its own chances: what others draw meanwhile changes nothing of it. */
export type Scheduled = { readonly event: Event; readonly moment: Moment; readonly random: Random };

/** What is started for a connector, one run after the other, until the round is over. */
export type Lane = { readonly connector: ConnectorId; readonly random: Random };

/** What happens in a round. It follows from the seed alone; how far the runs have come by then does not. */
export type Script = {
  /** People edited before anything is started. */
  readonly edits: { readonly count: number; readonly random: Random };
  readonly lanes: readonly Lane[];
  readonly scheduled: readonly Scheduled[];
  /** For how long runs are started and events begin, in milliseconds. */
  readonly lastsMs: number;
  /** How each connector is brought home afterwards, and whether the products are then read in full as well. */
  readonly settle: Readonly<Record<ConnectorId, 'delta' | 'full'>>;
  readonly verifies: boolean;
};

/** Draws a round. */
export const drawScript = (random: Random): Script => {
  // Long enough that what is killed comes back and is hurt again; what follows a round costs as much however long it was.
  const lastsMs = random.number(30_000, 110_000);
  const count = Math.round((lastsMs / 1_000) * random.number(1, 2));
  return {
    edits: { count: random.chance(0.15) ? random.whole(100, 250) : random.whole(5, 60), random: random.fork() },
    lanes: random
      .some(connectors, random.chance(0.8) ? connectors.length : 1)
      .map((connector) => ({ connector, random: random.fork() })),
    scheduled: Array.from({ length: count }, () => ({
      event: random.one(events),
      moment: drawMoment(random, lastsMs),
      random: random.fork(),
    })),
    lastsMs,
    settle: { people: random.chance(0.6) ? 'delta' : 'full', desks: random.chance(0.6) ? 'delta' : 'full' },
    verifies: random.chance(0.2),
  };
};
