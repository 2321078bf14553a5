import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { openConfig } from '../src/config/open-config.ts';
import { openSecrets } from '../src/config/secrets.ts';
import type { CallKind } from '../src/core/call.ts';
import { sourceDefinitions } from '../src/sources/index.ts';
import type { IdentitySource, ReadPlace } from '../src/sources/source.ts';
import { targetDefinitions } from '../src/targets/index.ts';
import { type Bar, type Findings, rounded } from './findings.ts';
import { livingBytes, mebibytes, median, numberOption } from './measure.ts';
import { memoryNow } from './system/processes.ts';

/**
 * What is read from each stand-in, and the requests a complete read costs: its pages, and at Entra ID those that note
 * the place in the changes before and read them after, for people and for managers. Okta follows a full last page with
 * an empty one.
 */
const reads = [
  {
    source: 'entra',
    what: 'attributes',
    select: ['displayName', 'department'],
    requests: (people: number) => Math.ceil(people / 999) + 2,
  },
  {
    source: 'entra',
    what: 'manager too',
    select: ['displayName', 'manager.displayName'],
    requests: (people: number) => Math.ceil(people / 100) + 4,
  },
  {
    source: 'okta',
    what: 'attributes',
    select: ['profile.displayName', 'profile.department'],
    requests: (people: number) => Math.floor(people / 200) + 1,
  },
  {
    source: 'google',
    what: 'attributes',
    select: ['name.fullName', 'organizations'],
    requests: (people: number) => Math.ceil(people / 500),
  },
] as const;

/** The providers' words for reading everybody, so that the number of people read is the number there is. */
const everybody = {
  entra: 'people: { disabled: include, guests: include }',
  okta: 'people: { deprovisioned: include, suspended: include }',
  google: 'people: { suspended: include, archived: include }',
} as const;

type Provider = keyof typeof everybody;

/** Reads everybody from each stand-in: the requests it takes and the memory are counted. */
export const reading = async (args: readonly string[]): Promise<Findings> => {
  const people = numberOption(args, 'users', 100_000);
  const rows = [];
  const bars: Bar[] = [];
  for (const { source, what, select, requests } of reads) {
    const sandbox = await startSandbox(source, people);
    try {
      const opened = await openSource(sandbox, source);
      const found = await readAll(opened, [...select], people);
      const predicted = requests(people);
      const flat = median(found.late) < median(found.early) * 1.2 + 8 * 1024 * 1024;
      const of = `reading ${people} people from ${source}, ${what}`;
      bars.push({
        id: `reading.${source}.${what}`.replaceAll(' ', '-'),
        bar: `${of}: exactly the requests of a complete read, memory flat`,
        measured: `${found.listing} of ${predicted} requests, ${found.users} people, ${flat ? 'flat' : 'growing'}`,
        holds: found.listing === predicted && found.users === people && flat,
      });
      rows.push({
        source: `${source}, ${what}`,
        people: found.users,
        requests: found.listing,
        predicted,
        'sign-ins': found.login,
        'living MiB early': mebibytes(median(found.early)),
        'living MiB late': mebibytes(median(found.late)),
        flat,
        'stand-in resident MiB': Math.round(memoryNow(sandbox.process.pid ?? 0)),
        s: rounded(found.ms / 1_000),
      });
    } finally {
      sandbox.process.kill();
    }
  }
  return { bars, tables: [{ title: 'Reading', rows }] };
};

type Sandbox = { readonly process: ChildProcess; readonly document: string; readonly secrets: Record<string, string> };

const message = z.object({ document: z.string(), secrets: z.record(z.string(), z.string()) });

const startSandbox = async (source: Provider, people: number): Promise<Sandbox> => {
  const child = fork(new URL('system/sandbox-process.ts', import.meta.url), [
    JSON.stringify({ source, users: people }),
  ]);
  const [sent] = await once(child, 'message');
  return { process: child, ...message.parse(sent) };
};

const openSource = async ({ document, secrets }: Sandbox, source: Provider): Promise<IdentitySource> => {
  const text = document.replace(/^( +)kind: (entra|okta|google)$/m, `$1kind: $2\n$1${everybody[source]}`);
  const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });
  const read = await config.readDocument(text);
  const settings = read.document?.connectors[0]?.source;
  const definition = sourceDefinitions.get(source);
  if (settings === undefined || definition === undefined) throw new Error(JSON.stringify(read.problems));
  return definition.open(settings, { secret: openSecrets(secrets) });
};

/** Reads to the end, holding no page; memory is looked at after each twentieth of the people. */
const readAll = async (source: IdentitySource, select: readonly string[], people: number) => {
  const counts: Record<CallKind, number> = { login: 0, listing: 0, read: 0, write: 0 };
  const count = (kind: CallKind): undefined => {
    counts[kind] += 1;
  };
  const memory: number[] = [];
  const started = performance.now();
  let users = 0;
  let place: ReadPlace = { at: 'start' };
  for (;;) {
    const call = { signal: AbortSignal.timeout(60_000), deadline: Date.now() + 30_000, count };
    const { users: onPage, end } = await source.readPage(place, select, call);
    users += onPage.length;
    if (users >= ((memory.length + 1) * people) / 20) memory.push(livingBytes());
    if (!end.more) break;
    place = { at: 'cursor', cursor: end.cursor };
  }
  const ms = performance.now() - started;
  const half = Math.ceil(memory.length / 2);
  return { users, ...counts, ms, early: memory.slice(0, half), late: memory.slice(half) };
};
