import { connectors } from './document.ts';
import { openDrive } from './drive.ts';
import type { Proof, Scene } from './events/event.ts';
import { openMoments } from './moments.ts';
import type { Script } from './script.ts';
import type { System } from './systems/system.ts';
import type { World } from './world.ts';

/** What was played: the kinds of runs there were, and, as soon as it can be told, the kinds of events that have hit. */
export type Played = {
  readonly runs: readonly string[];
  readonly hits: () => Promise<readonly string[]>;
  /** Whether somebody may have been told that the password is wrong, and keeps to that for a while. */
  readonly isShutOut: boolean;
};

/** Plays a script on an installation: runs are started and decided over, and meanwhile the events happen. */
export const play = async (
  { world, system, longestFreeze }: { world: World; system: System; longestFreeze: number },
  script: Script,
  report: (hang: string) => void,
): Promise<Played> => {
  const edited = await world.editPeople(script.edits.count, script.edits.random);
  const drive = openDrive(system, () => edited);
  const beside: Promise<unknown>[] = [];
  const moments = await openMoments(world.counts);
  let isShutOut = false;
  const proofs: { readonly kind: string; readonly proof: Proof }[] = [];
  const lanes = script.lanes.map((lane) => drive.lane(lane));
  await Promise.all(
    script.scheduled.map(async ({ event, moment, random }) => {
      await moments.reached(moment, script.lastsMs);
      const scene: Scene = {
        world,
        system,
        random,
        longestFreeze,
        underWay: drive.underWay,
        over: drive.over,
        edited: () => edited,
        runPerson: (person) => void beside.push(drive.person(random.one(connectors), person)),
        beside: (work) => void beside.push(work),
        report,
        refused: () => {
          isShutOut = true;
        },
      };
      for (const proof of await event.happen(scene)) proofs.push({ kind: event.kind, proof });
    }),
  );
  drive.close();
  const met = await world.met();
  await world.lift();
  await Promise.all([...lanes, ...beside, moments.close()]);
  return {
    runs: drive.kinds(),
    isShutOut,
    hits: async () => {
      const logins = await world.logins();
      return proofs.filter(({ proof }) => proof({ met, logins })).map(({ kind }) => kind);
    },
  };
};
