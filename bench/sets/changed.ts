import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ownTemporal } from '../../faults/systems/servers.ts';
import { atMost, type Bar, type Findings, rounded, type Table } from '../findings.ts';
import { median } from '../measure.ts';
import { type Attune, closeAtEnd, type Measured, openAttune, temporalCli } from '../system/attune.ts';
import { type BaselineRun, startBaseline } from '../system/baseline.ts';
import { everyAttribute, inFlight, oneAttribute } from '../system/document.ts';
import { historyById, historyOf } from '../system/histories.ts';
import { processorSeconds } from '../system/processes.ts';
import { sameWrites } from '../system/same-writes.ts';
import { atProducts, startWorld, type World } from '../system/world.ts';

const edits = { 'every attribute': everyAttribute, 'one attribute': oneAttribute } as const;
type What = keyof typeof edits;

/** What may pass beside the minimal correct client, by what a call takes at the products. */
const most = { 20: 1.1, 0: 1.5 } as const;

type Obvious = BaselineRun & { readonly server: number; readonly history: number };

/**
 * One round: the same edits in three worlds, and each contender brings its own to where they lead. The obvious program, of
 * which no bar is made and which takes longest, does so in the first round of each kind.
 */
type Round = { readonly attune: Measured; readonly client: BaselineRun; readonly obvious: Obvious | null };

/**
 * Full runs in which everybody has changed, each next to a minimal correct client that makes the same writes and to the
 * program one would write first with Temporal. Each works on stand-ins of its own, in turns.
 */
export const changed = async (
  { people, rounds }: { readonly people: number; readonly rounds: number },
  say: (text: string) => void,
): Promise<Findings> => {
  say(`everybody changed, ${people} people: a first run`);
  const directory = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const worlds = await Promise.all([1, 2, 3].map(() => startWorld(people, 'pages')));
  const [own, clients, obvious] = worlds;
  if (own === undefined || clients === undefined || obvious === undefined) throw new Error('three worlds');
  const attune = await openAttune(own);
  const server = await ownTemporal(directory, await temporalCli());
  closeAtEnd(server.stop);
  const client = await startBaseline('minimal-client.ts', clients);
  const program = await startBaseline('temporal-program.ts', obvious, { address: server.address });
  const serverSeconds = (): number => processorSeconds(server.part.pid() ?? 0);
  let no = 0;
  const runObvious = async (): Promise<Obvious> => {
    const before = serverSeconds();
    const other = await program.run({ atOnce: inFlight });
    const cpu = serverSeconds() - before;
    const { workflowId } = z.object({ workflowId: z.string() }).parse(other.found);
    const { bytes } = await historyById(server.address, workflowId);
    return { ...other, server: cpu, history: bytes };
  };
  const round = async (what: What | null, isFirst: boolean): Promise<Round> => {
    no += 1;
    if (what !== null) await editEverybody(worlds, edits[what], no);
    const run = await attune.run({ mode: 'full' });
    const minimal = await client.run({ work: await sameWrites(clients, own), atOnce: inFlight });
    return { attune: run, client: minimal, obvious: isFirst ? await runObvious() : null };
  };
  try {
    await attune.begin();
    const first = await round(null, true);
    const found: { what: What; callMs: 0 | 20; rounds: readonly Round[] }[] = [];
    for (const callMs of [0, 20] as const) {
      for (const world of worlds) await world.slowDown({ call: callMs });
      for (const what of ['every attribute', 'one attribute'] as const) {
        say(`${what} of everybody changed, ${people} people: ${callMs} ms a call`);
        const all: Round[] = [];
        for (let n = 0; n < rounds; n += 1) all.push(await round(what, n === 0));
        found.push({ what, callMs, rounds: all });
      }
    }
    const rows = [
      row('first contact', 0, people, [first]),
      ...found.map(({ what, callMs, rounds: all }) => row(what, callMs, people, all)),
    ];
    const memory = Math.max(...[first, ...found.flatMap((one) => one.rounds)].map((one) => one.attune.memory));
    const last = found.at(-1)?.rounds.at(-1)?.attune.run.id ?? '';
    return {
      bars: [
        ...found.map(({ what, callMs, rounds: all }) => ratioBar(what, callMs, all)),
        atMost('memory.changed', `worker: under 400 MiB (everybody changed, ${people} people)`, memory, 400, ' MiB'),
        ...(await histories(attune, last)).bars,
      ],
      tables: [{ title: `Everybody changed, ${people} people`, rows }],
    };
  } finally {
    await client.close();
    await program.close();
    await attune.close();
    await server.stop();
    for (const world of worlds) world.close();
    await rm(directory, { recursive: true, force: true });
  }
};

const editEverybody = async (worlds: readonly World[], attributes: readonly string[], no: number): Promise<void> => {
  const ids = ((await worlds[0]?.people()) ?? []).map(({ id }) => id);
  for (const world of worlds) await world.edit(ids, attributes, no);
};

const ratioOf = (rounds: readonly Round[]): number => median(rounds.map((one) => one.attune.ms / one.client.ms));

const ratioBar = (what: What, callMs: 0 | 20, rounds: readonly Round[]): Bar =>
  atMost(
    `changed.${what === 'one attribute' ? 'one' : 'every'}.${callMs}`,
    `${what} of everybody changed: at most ${most[callMs]} times the minimal client (${callMs} ms a call)`,
    ratioOf(rounds),
    most[callMs],
    'x',
  );

const row = (what: string, callMs: number, people: number, rounds: readonly Round[]): Table['rows'][number] => {
  const of = (pick: (one: Round) => number): number => rounded(median(rounds.map(pick)));
  const obvious = (pick: (one: Obvious) => number): number =>
    rounded(median(rounds.flatMap(({ obvious: one }) => (one === null ? [] : [pick(one)]))));
  return {
    changed: what,
    'ms a call': callMs,
    rounds: rounds.length,
    'Attune s': of(({ attune }) => attune.ms / 1_000),
    'minimal client s': of(({ client }) => client.ms / 1_000),
    ratio: rounded(ratioOf(rounds)),
    'obvious Temporal program s': obvious(({ ms }) => ms / 1_000),
    'writes: Attune': of(({ attune }) => atProducts(attune.requests, 'write')),
    'minimal ': of(({ client }) => atProducts(client.requests, 'write')),
    'obvious ': obvious(({ requests }) => atProducts(requests, 'write')),
    'reads: Attune': of(({ attune }) => atProducts(attune.requests, 'read', 'listing')),
    minimal: of(({ client }) => atProducts(client.requests, 'read', 'listing')),
    obvious: obvious(({ requests }) => atProducts(requests, 'read', 'listing')),
    'CPU s: attune': of(({ attune }) => attune.cpu.attune),
    postgres: of(({ attune }) => attune.cpu.postgres),
    temporal: of(({ attune }) => attune.cpu.temporal),
    sandbox: of(({ attune }) => attune.cpu.sandbox),
    'minimal client': of(({ client }) => client.cpu),
    'obvious program': obvious(({ cpu }) => cpu),
    'its Temporal': obvious((one) => one.server),
    'its history, kB a person': obvious(({ history }) => history / 1_000 / people),
  };
};

/** A batch of the last run, and the run itself: what Temporal keeps of them. */
export const histories = async (attune: Attune, run: string): Promise<Findings> => {
  const { run: own, children } = await historyOf(attune.system, run);
  const events = Math.max(...children.map((one) => one.events));
  const bytes = Math.max(...children.map((one) => one.bytes));
  return {
    bars: [
      atMost('history.events', 'history: under 25 events a batch', events, 24, ' events'),
      atMost('history.bytes', 'history: under 15 kB a batch', bytes / 1_000, 15, ' kB'),
    ],
    tables: [
      {
        title: 'History of a run that changed everybody',
        rows: [
          {
            batches: children.length,
            'events a batch': events,
            'kB a batch': rounded(bytes / 1_000),
            'events of the run': own.events,
            'kB of the run': rounded(own.bytes / 1_000),
          },
        ],
      },
    ],
  };
};
