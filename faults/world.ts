import { z } from 'zod';
import { startSandbox } from '../sandbox/start.ts';
import { mapped, type ProductId, products, serviceOf, writeDocument } from './document.ts';
import type { Random } from './random.ts';
import { rememberWanted, type TableAccount, type TablePerson, type Wanted, written } from './table.ts';

const People = z.array(z.looseObject({ id: z.string() }));
const Store = z.object({
  accounts: z.array(
    z.object({ username: z.string(), active: z.boolean(), properties: z.record(z.string(), z.string()) }),
  ),
});
const Met = z.object({ met: z.array(z.number()) });
const Write = z.object({ account: z.string().optional(), attribute: z.string(), value: z.string().nullish() });
type Values = z.infer<typeof Write>[];
const Journal = z.object({
  entries: z.array(
    z.object({
      n: z.number(),
      status: z.number(),
      note: z
        .looseObject({
          account: z.string().optional(),
          attribute: z.string().optional(),
          op: z.string().optional(),
          value: z.string().nullish(),
          writes: z.array(Write).optional(),
        })
        .optional(),
    }),
  ),
});

/** One value as a product's own journal says it was written. */
export type Written = {
  readonly n: number;
  readonly product: ProductId;
  readonly account: string;
  readonly attribute: string;
  readonly value: string | null;
};

/** The stand-ins of one session, with hands that edit people and accounts and lay faults in the way of requests. */
export type World = {
  readonly document: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly wanted: Wanted;
  /** What stood in each account before anything was written, by product and account. */
  readonly before: Readonly<Record<ProductId, ReadonlyMap<string, Readonly<Record<string, string>>>>>;
  /** "product account attribute" of every value somebody changed by hand since `settle`. */
  readonly byHand: Set<string>;
  readonly people: () => Promise<TablePerson[]>;
  readonly accounts: (product: ProductId) => Promise<TableAccount[]>;
  /** Gives some people new values at the identity provider. */
  readonly editPeople: (count: number) => Promise<readonly string[]>;
  /** Gives some accounts another value at the product, as an admin would. */
  readonly editAccounts: (count: number) => Promise<void>;
  readonly lay: (fault: object) => Promise<void>;
  /** Takes all faults away and says how many requests they met. */
  readonly lift: () => Promise<number>;
  readonly post: (path: string, body?: object) => Promise<void>;
  /** Every value written since the beginning, in order. */
  readonly writes: () => Promise<Written[]>;
  readonly close: () => Promise<void>;
};

/** Starts the stand-ins for so many people. */
export const startWorld = async (users: number, seed: number, random: Random): Promise<World> => {
  const sandbox = await startSandbox({ users, seed: 1 + (seed % 1_000) });
  const ask = async <T>(schema: z.ZodType<T>, path: string, method = 'GET', body?: unknown): Promise<T> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, sandbox.urls.control), init);
    if (!answer.ok) throw new Error(`The stand-ins' control answered ${answer.status} to ${method} ${path}.`);
    return schema.parse(await answer.json());
  };
  const people = (): Promise<TablePerson[]> => ask(People, '/stores/entra');
  const accounts = async (product: ProductId): Promise<TableAccount[]> =>
    (await ask(Store, `/stores/${serviceOf[product]}`)).accounts;
  const wanted = rememberWanted();
  wanted.note(await people());
  const before = {
    jira: new Map((await accounts('jira')).map((one) => [one.username, one.properties])),
    wiki: new Map((await accounts('wiki')).map((one) => [one.username, one.properties])),
  };
  const byHand = new Set<string>();
  const sources = [...new Set(products.flatMap((product) => mapped[product].map(([, from]) => from)))];
  let edits = 0;
  return {
    document: writeDocument(sandbox.document),
    secrets: sandbox.secrets,
    wanted,
    before,
    byHand,
    people,
    accounts,
    editPeople: async (count) => {
      const all = await people();
      const edited = random.some(all, count);
      for (const { id } of edited) {
        const attribute = random.one(sources);
        edits += 1;
        const value = random.chance(0.1) ? null : `Value ${edits}`;
        await ask(z.unknown(), `/people/${id}`, 'POST', { [attribute]: value });
      }
      wanted.note(await people());
      return edited.map(({ id }) => id);
    },
    editAccounts: async (count) => {
      const product = random.one(products);
      const owned = [...written(await people(), await accounts(product)).keys()];
      for (const username of random.some(owned, count)) {
        const [attribute] = random.one(mapped[product]);
        edits += 1;
        byHand.add(`${product} ${username} ${attribute}`);
        const body = { set: username, attribute, value: `By hand ${edits}` };
        await ask(z.unknown(), `/accounts/${serviceOf[product]}`, 'POST', body);
      }
    },
    lay: async (fault) => void (await ask(z.unknown(), '/faults', 'POST', fault)),
    lift: async () => {
      const { met } = await ask(Met, '/faults');
      await ask(z.unknown(), '/faults', 'DELETE');
      return met.reduce((sum, count) => sum + count, 0);
    },
    post: async (path, body) => void (await ask(z.unknown(), path, 'POST', body ?? {})),
    writes: async () => {
      const found: Written[] = [];
      for (const product of products) {
        const { entries } = await ask(Journal, `/journal?service=${serviceOf[product]}&kind=write`);
        for (const { n, note } of entries) {
          if (note === undefined) continue;
          const own: Values = note.attribute === undefined ? [] : [{ attribute: note.attribute, value: note.value }];
          for (const { account = note.account, attribute, value } of [...own, ...(note.writes ?? [])]) {
            if (account !== undefined) found.push({ n, product, account, attribute, value: value ?? null });
          }
        }
      }
      return found.sort((a, b) => a.n - b.n);
    },
    close: sandbox.close,
  };
};
