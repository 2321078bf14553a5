import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorId } from './document.ts';
import type { Carried } from './events/event.ts';
import { persistently } from './persistently.ts';
import type { Random } from './random.ts';
import type { Lane } from './script.ts';
import type { System } from './systems/system.ts';
import { isUnfinished, Run, Started } from './wire.ts';

/** What is drawn for a lane: a run of everybody, of what changed, of one person, or a plan that somebody decides over. */
const drawRun = (random: Random, edited: readonly string[]): object =>
  random.one<() => object>([
    () => ({ mode: 'full' }),
    () => ({ mode: 'delta' }),
    () => ({ mode: 'delta' }),
    () => ({ mode: 'verify' }),
    () => ({ mode: 'full', intent: 'plan' }),
    () => ({ mode: 'delta', intent: 'plan' }),
    () => (edited.length === 0 ? { mode: 'delta' } : { user: random.one(edited) }),
  ])();

/** Starts runs one after the other and decides over their plans, as people and schedules do, whatever goes on. */
export const openDrive = (system: System, edited: () => readonly string[]) => {
  const underWay = new Map<string, Carried>();
  const over: Carried[] = [];
  const kinds = new Set<string>();
  let isOpen = true;

  const start = async (connector: ConnectorId, body: object): Promise<Started | null> =>
    persistently(3_000, async () =>
      (await system.api()).post(`/api/connectors/${connector}/runs`, body, Started),
    ).catch(() => null);

  const ends = async (run: string): Promise<Run | null> => {
    while (isOpen) {
      const found = await persistently(0, async () => (await system.api()).get(`/api/runs/${run}`, Run)).catch(
        () => null,
      );
      if (found !== null && !isUnfinished(found)) return found;
      await sleep(300);
    }
    return null;
  };

  const follow = async (started: Started): Promise<Run | null> => {
    underWay.set(started.run, started);
    const end = await ends(started.run);
    if (end === null) return null;
    underWay.delete(started.run);
    over.push(started);
    return end;
  };

  const decide = async (run: string, random: Random): Promise<void> => {
    const word = random.chance(0.85) ? 'approve' : 'reject';
    const decided = await persistently(3_000, async () =>
      (await system.api()).post(`/api/runs/${run}/${word}`, null, Run.or(Started)),
    ).catch(() => null);
    if (decided === null || word === 'reject') return;
    kinds.add('approved');
    const { data } = Started.safeParse(decided);
    if (data !== undefined) await follow(data);
  };

  const one = async (connector: ConnectorId, random: Random): Promise<void> => {
    const body = drawRun(random, edited());
    const started = await start(connector, body);
    if (started === null) return sleep(500);
    kinds.add('user' in body ? 'single' : Object.values(body).join(' '));
    const end = await follow(started);
    if (end?.status === 'planned' || end?.status === 'awaitingApproval') await decide(end.id, random);
  };

  return {
    underWay: (): readonly Carried[] => [...underWay.values()],
    over: (): readonly Carried[] => over.slice(-3),
    kinds: (): readonly string[] => [...kinds],
    /** Keeps a connector busy until the round is closed. */
    lane: async ({ connector, random }: Lane): Promise<void> => {
      while (isOpen) await one(connector, random.fork());
    },
    /** A run of one person beside the lanes. */
    person: async (connector: ConnectorId, user: string): Promise<void> => {
      const started = await start(connector, { user });
      if (started === null) return;
      kinds.add('single');
      await follow(started);
    },
    close: (): void => {
      isOpen = false;
    },
  };
};
