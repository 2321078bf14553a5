import { atMost, type Findings, rounded } from '../findings.ts';
import { median, percentile } from '../measure.ts';
import { type Attune, openAttune } from '../system/attune.ts';
import { startBaseline } from '../system/baseline.ts';
import { everyAttribute, inFlight } from '../system/document.ts';
import { sameWrites } from '../system/same-writes.ts';
import { atProducts, type DirectoryPerson, startWorld, type World } from '../system/world.ts';
import { histories } from './changed.ts';

/** How long a call takes at the products meanwhile. */
const callMs = 20;

type Sizes = { readonly people: number; readonly singles: number; readonly deltas: number };

/**
 * Runs of one person, from the start to the last value written, first alone and then while a full run writes everybody
 * else; and increments in which one of a hundred has changed.
 */
export const onePerson = async (sizes: Sizes, say: (text: string) => void): Promise<Findings> => {
  const { people, singles } = sizes;
  say(`one person, ${people} people: a first run`);
  const [own, other] = [await startWorld(people, 'pages'), await startWorld(people, 'pages')];
  const attune = await openAttune(own);
  try {
    await attune.begin();
    await attune.run({ mode: 'full' });
    const all = await own.people();
    const asked = all.filter(isPlain).slice(0, singles);
    const others = all.filter(({ id }) => asked.every((one) => one.id !== id));
    for (const world of [own, other]) await world.slowDown({ call: callMs });
    say(`one person, alone`);
    const alone = await timesOf(attune, own, asked, 1);
    say(`one person, during a full run`);
    const full = busy(attune, own, others);
    const during = await timesOf(attune, own, asked, 2, full.isWriting);
    const busyRun = await full.end();
    await attune.run({ mode: 'full' });
    say(`an increment with one of a hundred`);
    const delta = await deltas(attune, own, other, sizes);
    const history = await histories(attune, busyRun);
    const row = (when: string, ms: readonly number[]) => ({
      when,
      runs: ms.length,
      'p50 s': rounded(percentile(ms, 50) / 1_000),
      'p95 s': rounded(percentile(ms, 95) / 1_000),
      'longest s': rounded(Math.max(...ms) / 1_000),
    });
    const [p95, idle] = [percentile(during, 95) / 1_000, percentile(alone, 95) / 1_000];
    return {
      bars: [
        atMost(
          'person.busy',
          'one person during a full run: p95 under 1 s from start to written (20 ms a call)',
          p95,
          1,
          ' s',
        ),
        atMost(
          'person.ratio',
          'one person during a full run: p95 at most three times that of an idle program',
          p95 / idle,
          3,
          'x',
        ),
      ],
      tables: [
        {
          title: `One person, from start to written, ${people} people, ${callMs} ms a call`,
          rows: [row('alone', alone), row('during a full run', during)],
        },
        ...delta.tables,
        ...history.tables,
      ],
    };
  } finally {
    await attune.close();
    own.close();
    other.close();
  }
};

/** Somebody who is matched by name and takes part at both products. */
const isPlain = ({ id }: DirectoryPerson): boolean => {
  const within = Number.parseInt(id.slice(-12), 16) % 50;
  return ![3, 7, 11, 13, 17, 19, 23, 43].includes(within) && ![47, 48, 3].includes(within);
};

/** Edits each person in turn and has them written; the milliseconds until their last value stood there. */
const timesOf = async (
  attune: Attune,
  world: World,
  asked: readonly DirectoryPerson[],
  round: number,
  ready: () => Promise<void> = async () => undefined,
): Promise<readonly number[]> => {
  const begun: { readonly login: string; readonly at: number; readonly ended: number }[] = [];
  for (const { id, userPrincipalName } of asked) {
    await ready();
    await world.edit([id], everyAttribute, round);
    const at = Date.now();
    await attune.end(await attune.start({ user: id }), 20);
    begun.push({ login: (userPrincipalName.split('@')[0] ?? '').toLowerCase(), at, ended: Date.now() });
  }
  const last = new Map<string, number[]>();
  for (const { at, note } of await world.writes()) {
    const login = String(note?.account ?? '').toLowerCase();
    last.set(login, [...(last.get(login) ?? []), Date.parse(at)]);
  }
  return begun.map(({ login, at, ended }) => {
    const times = (last.get(login) ?? []).filter((time) => time >= at && time <= ended);
    if (times.length === 0) throw new Error('a run of one person wrote nothing');
    return Math.max(...times) - at;
  });
};

/** Keeps a full run under way that writes these people, one after the other. */
const busy = (attune: Attune, world: World, others: readonly DirectoryPerson[]) => {
  let run: { readonly id: string; readonly ended: Promise<unknown>; isOver: boolean } | null = null;
  let no = 10;
  const begin = async (): Promise<void> => {
    no += 1;
    await world.edit(
      others.map(({ id }) => id),
      everyAttribute,
      no,
    );
    const before = atProducts(await world.requests(), 'write');
    const id = await attune.start({ mode: 'full' });
    const begun = { id, isOver: false, ended: Promise.resolve() };
    begun.ended = attune.end(id, 250).then(() => {
      begun.isOver = true;
    });
    run = begun;
    while (!begun.isOver && atProducts(await world.requests(), 'write') < before + 10) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    isWriting: async (): Promise<void> => {
      if (run === null || run.isOver) await begin();
    },
    end: async (): Promise<string> => {
      await run?.ended;
      return run?.id ?? '';
    },
  };
};

const deltas = async (attune: Attune, own: World, other: World, sizes: Sizes): Promise<Findings> => {
  const client = await startBaseline('minimal-client.ts', other);
  const reader = await startBaseline('bare-loop.ts', other);
  try {
    // Brings the other world to where this one is, and both readers to the same place in the changes.
    await client.run({ work: await sameWrites(other, own), atOnce: inFlight });
    await reader.run({ read: 'everybody' });
    const some = (await own.people()).filter(isPlain).slice(0, Math.ceil(sizes.people / 100));
    const pairs: { readonly ms: number; readonly bare: number; readonly cpu: number; readonly writes: number }[] = [];
    for (let n = 0; n < sizes.deltas; n += 1) {
      for (const world of [own, other]) {
        await world.edit(
          some.map(({ id }) => id),
          everyAttribute,
          100 + n,
        );
      }
      const run = await attune.run({ mode: 'delta' });
      const read = await reader.run({ read: 'changes' });
      const written = await client.run({ work: await sameWrites(other, own), atOnce: inFlight });
      const writes = atProducts(run.requests, 'write');
      pairs.push({ ms: run.ms, bare: read.ms + written.ms, cpu: run.cpu.attune, writes });
    }
    const of = (pick: (one: (typeof pairs)[number]) => number): number => rounded(median(pairs.map(pick)));
    return {
      bars: [],
      tables: [
        {
          title: `An increment with one of a hundred changed, ${sizes.people} people, ${callMs} ms a call`,
          rows: [
            {
              runs: pairs.length,
              'people changed': some.length,
              writes: of(({ writes }) => writes),
              'run s': of(({ ms }) => ms / 1_000),
              'changes read and written by the minimal client s': of(({ bare }) => bare / 1_000),
              ratio: of(({ ms, bare }) => ms / bare),
              'CPU s attune': of(({ cpu }) => cpu),
            },
          ],
        },
      ],
    };
  } finally {
    await client.close();
    await reader.close();
  }
};
