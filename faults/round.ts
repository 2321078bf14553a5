import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isFailure } from '../src/core/failure.ts';
import {
  type Change,
  changesOf,
  comparePlans,
  falseWords,
  leftovers,
  persistently,
  Run,
  resentIn,
  standing,
} from './checks.ts';
import { type ConnectorId, connectors } from './document.ts';
import { type Event, events, type Scene } from './events.ts';
import { isAlive } from './parts.ts';
import type { Random } from './random.ts';
import type { System } from './systems.ts';
import type { World } from './world.ts';

const Started = z.looseObject({ run: z.string(), workflowId: z.string() });
type Started = z.infer<typeof Started>;

/** What a round came to. */
export type RoundEnd = {
  readonly name: string;
  readonly faults: number;
  readonly lost: number;
  readonly invented: number;
  readonly outOfPlan: number;
  readonly resent: number;
  readonly falseReports: number;
  readonly hangs: number;
  readonly ok: boolean;
  readonly detail: string;
};

/** How long a system without faults may take to be ready, and a run to end, before that counts as hanging. */
const readyWithinMs = 180_000;
const endWithinMs = 300_000;

/** One installation over one world, round by round. */
export const openRounds = (world: World, system: System, random: Random, longestFreeze: number) => {
  const changes = new Map<string, Change[]>();
  let met = 0;

  const start = async (connector: ConnectorId, body: object): Promise<Started | null> =>
    persistently(60_000, async () =>
      (await system.api()).post(`/api/connectors/${connector}/runs`, body, Started),
    ).catch((error: unknown) => {
      // A full run of the connector goes on already, or it waits for something: nothing was started.
      if (isFailure(error)) return null;
      throw error;
    });

  const look = async (run: string): Promise<Run | null> =>
    persistently(20_000, async () => (await system.api()).get(`/api/runs/${run}`, Run));

  /** Everything thawed, lifted and started again; false when it did not get ready. */
  const calm = async (): Promise<boolean> => {
    for (const part of system.parts) {
      const pid = part.pid();
      if (pid !== null && isAlive(pid)) process.kill(pid, 'SIGCONT');
    }
    const until = Date.now() + readyWithinMs;
    while (Date.now() < until) {
      await system.start().catch(() => undefined);
      if (await system.isReady()) return true;
      await sleep(500);
    }
    return false;
  };

  const ended = async (run: string): Promise<Run | null> => {
    const until = Date.now() + endWithinMs;
    while (Date.now() < until) {
      const found = await look(run);
      if (found !== null && found.status !== 'running' && found.status !== 'approved') return found;
      await sleep(500);
    }
    return null;
  };

  /** A run without faults that brings everything home; null when it did not end. */
  const settle = async (connector: ConnectorId, mode: 'delta' | 'full' | 'verify'): Promise<Run | null> => {
    for (let tries = 0; tries < 5; tries += 1) {
      const started = await start(connector, { mode });
      if (started === null) {
        await sleep(2_000);
        continue;
      }
      const run = await ended(started.run);
      if (run === null) return null;
      if (run.status === 'done' || run.status === 'doneWithFailures') return run;
      await sleep(2_000);
    }
    return null;
  };

  const drawRun = (edited: readonly string[]): object =>
    random.one<() => object>([
      () => ({ mode: 'full' }),
      () => ({ mode: 'delta' }),
      () => ({ mode: 'verify' }),
      () => ({ mode: 'full', intent: 'plan' }),
      () => (edited.length === 0 ? { mode: 'delta' } : { user: random.one(edited) }),
    ])();

  return async (no: number): Promise<RoundEnd> => {
    const edited = await world.editPeople(random.whole(3, 40));
    const under: Started[] = [];
    const kinds: string[] = [];
    for (const connector of random.some(connectors, random.whole(1, 2))) {
      const body = drawRun(edited);
      kinds.push(
        `${connector} ${
          Object.values(body)
            .filter((word) => !edited.includes(word))
            .join(' ') || 'one person'
        }`,
      );
      const started = await start(connector, body);
      if (started !== null) under.push(started);
    }
    const scene: Scene = { world, system, random, runs: () => under, longestFreeze };
    const drawn = Array.from({ length: random.whole(3, 9) }, (): Event => random.one(events));
    const hits = await Promise.all(
      drawn.map(async (event) => {
        await sleep(1_000 * random.number(0, 8));
        return event.happen(scene);
      }),
    );
    const faults = hits.reduce((sum, hit) => sum + hit, 0) + (await world.lift());

    met += faults;
    const hangs: string[] = [];
    if (!(await calm())) hangs.push('not ready again');
    const wrong: string[] = [];
    const told = async (run: Run): Promise<void> => {
      const listed = await persistently(30_000, async () => changesOf(await system.api(), run.id));
      changes.set(run.id, listed ?? []);
      if (listed === null) hangs.push(`the changes of ${run.id} are not told`);
      else wrong.push(...falseWords(run, listed));
    };
    for (const { run } of under) {
      const end = await ended(run);
      if (end === null) {
        hangs.push(`${run} does not end`);
        continue;
      }
      await told(end);
      if (end.status === 'planned' || end.status === 'awaitingApproval') {
        const applied = await persistently(30_000, async () =>
          (await system.api()).post(`/api/runs/${run}/approve`, null, Started),
        ).catch(() => null);
        const after = applied === null ? null : await ended(applied.run);
        if (after !== null) await told(after);
      }
    }
    // An increment must bring home what was edited while others were read; only sometimes is everybody looked at.
    for (const connector of connectors) {
      const run = await settle(connector, random.chance(0.6) ? 'delta' : 'full');
      if (run === null) hangs.push(`${connector} does not settle`);
      else await told(run);
    }
    const lost = (await standing(world, world.byHand)).slice(0, 50);
    if (lost.length > 0 || random.chance(0.25)) {
      for (const connector of connectors) {
        const run = await settle(connector, 'verify');
        if (run === null) hangs.push(`${connector} does not verify`);
        else await told(run);
      }
      world.byHand.clear();
      lost.push(...(await standing(world, world.byHand)).map((one) => ({ ...one, where: `${one.where} for good` })));
    }
    const writes = await world.writes();
    const { outOfPlan, untrue } = await comparePlans(world, writes, [...changes.values()].flat());
    wrong.push(...untrue.map((one) => `${one} was not written`));
    await sleep(500);
    const url = system.databaseUrl();
    const left = url === null ? ['no database'] : await leftovers(url).catch(() => ['no answer of the database']);
    hangs.push(...left);
    for (const part of system.parts)
      if (part.crashes() > 0) hangs.push(`${part.name} has crashed ${part.crashes()} times`);
    const counted = {
      lost: lost.filter(({ kind }) => kind === 'lost').length,
      invented: lost.filter(({ kind }) => kind === 'invented').length,
      outOfPlan: outOfPlan.length,
      resent: resentIn(writes, met),
      falseReports: wrong.length,
      hangs: hangs.length,
    };
    const detail = [
      ...hangs,
      ...wrong,
      ...lost.map(({ kind, where }) => `${kind}: ${where}`),
      ...outOfPlan.map((one) => `no plan held: ${one}`),
    ];
    return {
      name: `${system.name} ${no}: ${kinds.join(', ')}; ${drawn.map(({ kind }) => kind).join(', ')}`,
      faults,
      ...counted,
      ok: detail.length === 0,
      detail: detail.slice(0, 12).join('; '),
    };
  };
};
