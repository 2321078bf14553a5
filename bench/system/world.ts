import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { benchDocument, type Store } from './document.ts';
import { processorSeconds } from './processes.ts';

const Sent = z.object({ document: z.string(), secrets: z.record(z.string(), z.string()), control: z.string() });
const Counts = z.object({ counts: z.record(z.string(), z.number()) });
const Entry = z.looseObject({ at: z.string(), service: z.string(), note: z.looseObject({}).optional() });
const Journal = z.object({ entries: z.array(Entry) });
const Accounts = z.object({
  accounts: z.array(
    z.object({
      key: z.string(),
      username: z.string(),
      email: z.string().nullable(),
      active: z.boolean(),
      properties: z.record(z.string(), z.string()),
    }),
  ),
});
const People = z.array(z.looseObject({ id: z.string(), userPrincipalName: z.string() }));

/** An account as a product's stand-in holds it. */
export type StoredAccount = z.infer<typeof Accounts>['accounts'][number];

/** One request as a stand-in remembers it. */
export type JournalEntry = z.infer<typeof Entry>;

/** A person of the directory. */
export type DirectoryPerson = z.infer<typeof People>[number];

/** The requests that reached the stand-ins, as "service kind". */
export type Requests = Readonly<Record<string, number>>;

/** Stand-ins in a process of their own. */
export type World = {
  readonly document: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly people: () => Promise<readonly DirectoryPerson[]>;
  readonly accounts: (product: 'jira' | 'confluence') => Promise<readonly StoredAccount[]>;
  /** Gives these people other values in these attributes; the same round gives the same values. */
  readonly edit: (ids: readonly string[], attributes: readonly string[], round: number) => Promise<void>;
  /** Makes each page of the source, and each call of a product, take so long. */
  readonly slowDown: (milliseconds: { readonly page?: number; readonly call?: number }) => Promise<void>;
  readonly requests: () => Promise<Requests>;
  readonly writes: () => Promise<readonly JournalEntry[]>;
  readonly processorSeconds: () => number;
  readonly close: () => void;
};

/** Starts the stand-ins with so many people, for a document that writes to the products in this way. */
export const startWorld = async (users: number, store: Store): Promise<World> => {
  const options = store === 'script' ? { jira: { scriptRunner: true }, confluence: { scriptRunner: true } } : {};
  const child = fork(new URL('sandbox-process.ts', import.meta.url), [
    JSON.stringify({ source: 'entra', users, options }),
  ]);
  const { document, secrets, control } = Sent.parse(await answerOf(child));
  const ask = async <T>(schema: z.ZodType<T>, path: string, method = 'GET', body?: unknown): Promise<T> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, control), init);
    if (!answer.ok) throw new Error(`The stand-ins' control answered ${answer.status} to ${method} ${path}.`);
    return schema.parse(await answer.json());
  };
  const done = z.unknown();
  return {
    document: benchDocument(document, store),
    secrets,
    people: () => ask(People, '/stores/entra'),
    accounts: async (product) => (await ask(Accounts, `/stores/${product}`)).accounts,
    edit: async (ids, attributes, round) => {
      for (const attribute of attributes) {
        await ask(done, '/people/edit', 'POST', { ids, seed: round, attributes: [attribute] });
      }
    },
    slowDown: async ({ page = 0, call = 0 }) => {
      await ask(done, '/faults', 'DELETE');
      const lay = (service: string, path: string, milliseconds: number) =>
        ask(done, '/faults', 'POST', { service, path, effect: { kind: 'delay', milliseconds } });
      if (page > 0) await lay('entra', '^/v1[.]0/users', page);
      if (call > 0) for (const service of ['jira', 'confluence']) await lay(service, '.*', call);
    },
    requests: async () => (await ask(Counts, '/state')).counts,
    writes: async () => (await ask(Journal, '/journal?kind=write')).entries,
    processorSeconds: () => processorSeconds(child.pid ?? 0),
    close: () => child.kill(),
  };
};

/** The first message of a process that was forked; one that ends instead has failed. */
export const answerOf = async (child: ChildProcess): Promise<unknown> => {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error(`a process of the benchmark ended: ${child.spawnargs.slice(1, 2).join(' ')}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    // Whoever is asked many times must not be listened to more each time.
    answered.abort();
  }
};

/** How many requests more there are than there were, in all and by what they did at each service. */
export const requestsSince = (before: Requests, after: Requests): Requests =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );

/** Requests of these kinds at the products. */
export const atProducts = (requests: Requests, ...kinds: readonly string[]): number =>
  Object.entries(requests)
    .filter(([key]) => /^(jira|confluence) /.test(key) && kinds.some((kind) => key.endsWith(` ${kind}`)))
    .reduce((sum, [, count]) => sum + count, 0);
