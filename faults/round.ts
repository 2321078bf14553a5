import { type ConnectorId, connectors, products } from './document.ts';
import { judge, kindsOfWrong, type Verdict } from './judge.ts';
import { persistently, until } from './persistently.ts';
import { play } from './play.ts';
import { openReader } from './reader.ts';
import type { Script } from './script.ts';
import { calm, held, patience, restartPrograms, settle, supervise } from './settle.ts';
import type { System } from './systems/system.ts';
import { type Difference, differences } from './table.ts';
import type { World } from './world.ts';

/** What a round came to: the faults that have hit, by kind, and what was found wrong for the first time. */
export type RoundEnd = {
  readonly name: string;
  readonly hits: readonly string[];
  readonly wrong: Verdict;
  /** How long its parts took, in seconds. */
  readonly took: Readonly<Record<string, number>>;
};

/** Both products against the table. */
const standing = async (world: World): Promise<Difference[]> => {
  const people = await world.people();
  const all = await Promise.all(
    products.map(async (product) => differences(product, people, await world.accounts(product), world.history)),
  );
  return all.flat();
};

/** What was not found before: all writes and runs are judged anew each time. */
const onlyNews = () => {
  const known = new Set<string>();
  return (verdict: Verdict): Verdict => {
    const fresh = (kind: keyof Verdict): readonly string[] => {
      const news = verdict[kind].filter((one) => !known.has(`${kind} ${one}`));
      for (const one of news) known.add(`${kind} ${one}`);
      return news;
    };
    return { ...verdict, outOfPlan: fresh('outOfPlan'), resent: fresh('resent'), falseReports: fresh('falseReports') };
  };
};

const stopwatch = () => {
  const took: Record<string, number> = {};
  let since = Date.now();
  const lap = (name: string): void => {
    took[name] = Math.round((Date.now() - since) / 1_000);
    since = Date.now();
  };
  return { took, lap };
};

/** One installation over one world, round by round. */
export const openRounds = (world: World, system: System, longestFreeze: number) => {
  const reader = openReader(system);
  const news = onlyNews();
  const settled: Record<string, number> = {};
  const crashes = new Map<string, number>();

  const bringHome = async (
    mode: (connector: ConnectorId) => 'delta' | 'full' | 'verify',
    report: (hang: string) => void,
  ): Promise<void> => {
    const ends = connectors.map(async (connector) => {
      const end = await settle(system, connector, mode(connector));
      if (end === null) report(`${connector} does not settle (${mode(connector)})`);
      else settled[connector] = end.began;
    });
    await Promise.all(ends);
  };

  const newCrashes = (): string[] =>
    system.parts.flatMap((part) => {
      const all = part.crashes();
      const fresh = all.slice(crashes.get(part.name) ?? 0);
      crashes.set(part.name, all.length);
      return fresh;
    });

  return async (name: string, script: Script): Promise<RoundEnd> => {
    const hangs: string[] = [];
    const { took, lap } = stopwatch();
    const report = (hang: string): void => void hangs.push(hang);
    const played = await play({ world, system, longestFreeze }, script, report);
    lap('play');
    const supervisor = supervise(system);
    if (played.isShutOut) await restartPrograms(system);
    if (!(await calm(system))) report('not ready again');
    lap('ready');
    const quiet = await until(
      () => persistently(30_000, reader.unfinished),
      (runs) => runs.length === 0,
      patience.endMs,
    );
    if (quiet === null) report('runs do not end');
    lap('ended');
    // An increment must bring home what was edited while others were read; only sometimes is everybody looked at.
    await bringHome((connector) => script.settle[connector], report);
    world.noteHome();
    const found = await standing(world);
    if (found.length > 0 || script.verifies) {
      await bringHome(() => 'verify', report);
      world.noteVerified();
      found.push(...(await standing(world)).map((one) => ({ ...one, where: `${one.where} for good` })));
    }
    lap('home');
    hangs.push(...(await held(system, settled)));
    lap('released');
    const ended = await persistently(60_000, reader.ended);
    if (ended === null) report('the runs are not told');
    await supervisor.close();
    hangs.push(...newCrashes());
    const verdict = judge({
      ended: ended ?? [],
      all: reader.all(),
      people: await world.people(),
      // Without the runs nothing can be said of what was written, but that it cannot: the next round sees to it.
      writes: ended === null ? [] : await world.writes(),
      handEdits: world.handEdits,
      differences: found,
      hangs,
    });
    const hits = await played.hits();
    lap('judged');
    const events = script.scheduled.map(({ event }) => event.kind);
    return {
      name: `${name}: ${played.runs.join(', ')}; ${events.join(', ')}`,
      hits,
      took,
      wrong: news(verdict),
    };
  };
};

/** What is wrong with a round, the first twenty of each kind; what was only written once more than needed is no wrong. */
export const complaints = ({ wrong }: RoundEnd): string[] =>
  kindsOfWrong.flatMap((kind) => (kind === 'resent' ? [] : wrong[kind].slice(0, 20).map((one) => `${kind}: ${one}`)));
