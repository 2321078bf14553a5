import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startSandbox } from '../sandbox/start.ts';
import { mapped, type ProductId, products, serviceOf, writeDocument } from './document.ts';
import { Journal, type JournalEntry, type Written, writtenIn } from './journal.ts';
import type { Random } from './random.ts';
import {
  type History,
  loginOf,
  noteWanted,
  placeOf,
  remember,
  type TableAccount,
  type TablePerson,
  written,
} from './table.ts';

const People = z.array(z.looseObject({ id: z.string() }));
const Store = z.object({
  accounts: z.array(
    z.object({ username: z.string(), active: z.boolean(), properties: z.record(z.string(), z.string()) }),
  ),
});
const State = z.object({ counts: z.record(z.string(), z.number()) });
const Met = z.object({ met: z.array(z.number()), held: z.number() });
const Laid = z.object({ at: z.number() });
const Expired = z.object({ expired: z.number() });

/** The stand-ins of one session, with hands that edit people and accounts and lay faults in the way of requests. */
export type World = {
  readonly document: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly history: History;
  /** When somebody put another value there by hand, in milliseconds, by place. */
  readonly handEdits: ReadonlyMap<string, readonly number[]>;
  readonly people: () => Promise<TablePerson[]>;
  readonly accounts: (product: ProductId) => Promise<TableAccount[]>;
  /** Gives somebody another value at the identity provider, or none. */
  readonly editPerson: (id: string, random: Random) => Promise<void>;
  /** Gives some people other values; says who. */
  readonly editPeople: (count: number, random: Random) => Promise<readonly string[]>;
  /** Gives some accounts another value at the product, as an admin would. */
  readonly editAccounts: (product: ProductId, count: number, random: Random) => Promise<void>;
  /**
   * Everybody was brought home once. Until then nobody loses a value in the directory: what an account held from the
   * start becomes Attune's only with a run that found it wanted, and what is not Attune's is rightly left alone. And
   * nobody is edited, and so run alone, whose account others claim too: before everybody was read nobody can know of that.
   */
  readonly noteHome: () => void;
  /** Every place changed by hand was looked at: from now on it must be as the table says. */
  readonly noteVerified: () => void;
  /** Lays a fault in the way of requests and gives its number among those in force. */
  readonly lay: (fault: object) => Promise<number>;
  /** How many requests each fault in force has met. */
  readonly met: () => Promise<readonly number[]>;
  /** Takes all faults away, and waits for the requests that one of them kept waiting: they still take effect. */
  readonly lift: () => Promise<void>;
  /** Ends sessions, secure administrator sessions or tokens, and says how many there were. */
  readonly expire: (what: 'sessions' | 'web-sudo' | 'tokens') => Promise<number>;
  /** Moves the clock of all stand-ins on. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** How many requests of each kind there were, by "service kind". */
  readonly counts: () => Promise<Readonly<Record<string, number>>>;
  /** Every login so far. */
  readonly logins: () => Promise<readonly JournalEntry[]>;
  /** Every value that a product has taken so far, in order. */
  readonly writes: () => Promise<readonly Written[]>;
  readonly close: () => Promise<void>;
};

/** Increments come in several pages: what is edited between two of them is the worst case. */
const smallPage = 12;

/** Starts the stand-ins for so many people; `inFlight` requests at once at each product. */
export const startWorld = async (users: number, seed: number, inFlight: number): Promise<World> => {
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
  const before = {
    jira: new Map((await accounts('jira')).map((one) => [one.username, one.properties])),
    wiki: new Map((await accounts('wiki')).map((one) => [one.username, one.properties])),
  };
  const unverified = new Set<string>();
  const history = { before, wanted: remember(), byHand: remember(), unverified };
  noteWanted(history.wanted, await people());
  await ask(z.unknown(), '/options/entra', 'POST', { deltaPage: smallPage });
  const sources = [...new Set(products.flatMap((product) => mapped[product].map(([, from]) => from)))];
  const handEdits = new Map<string, number[]>();
  let edits = 0;
  let wasHome = false;
  const drawValue = (id: string, attribute: string, random: Random): string | null => {
    const earlier = [...history.wanted.ever(`${id} ${attribute}`)];
    edits += 1;
    // Back to what it was: a run that is under way may have written something else meanwhile.
    if (earlier.length > 0 && random.chance(0.2)) return random.one(earlier);
    return random.chance(0.1) && wasHome ? null : `Value ${edits}`;
  };
  const editPerson = async (id: string, random: Random): Promise<void> => {
    const attribute = random.one(sources);
    const value = drawValue(id, attribute, random);
    if (value !== null) history.wanted.note(`${id} ${attribute}`, value);
    await ask(z.unknown(), `/people/${id}`, 'POST', { [attribute]: value });
  };
  return {
    document: writeDocument(sandbox.document, inFlight),
    secrets: sandbox.secrets,
    history,
    handEdits,
    people,
    accounts,
    editPerson,
    editPeople: async (count, random) => {
      const all = await people();
      const logins = all.map(loginOf);
      const isSole = (person: TablePerson): boolean => logins.filter((login) => login === loginOf(person)).length === 1;
      const edited = random.some(wasHome ? all : all.filter(isSole), count).map(({ id }) => id);
      for (const id of edited) await editPerson(id, random);
      return edited;
    },
    editAccounts: async (product, count, random) => {
      const owned = [...written(await people(), await accounts(product)).keys()];
      for (const username of random.some(owned, count)) {
        const [attribute] = random.one(mapped[product]);
        edits += 1;
        const value = `By hand ${edits}`;
        const where = placeOf(product, username, attribute);
        unverified.add(where);
        history.byHand.note(where, value);
        await ask(z.unknown(), `/accounts/${serviceOf[product]}`, 'POST', { set: username, attribute, value });
        handEdits.set(where, [...(handEdits.get(where) ?? []), Date.now()]);
      }
    },
    noteHome: () => {
      wasHome = true;
    },
    noteVerified: () => unverified.clear(),
    lay: async (fault) => (await ask(Laid, '/faults', 'POST', fault)).at,
    met: async () => (await ask(Met, '/faults')).met,
    lift: async () => {
      await ask(z.unknown(), '/faults', 'DELETE');
      while ((await ask(Met, '/faults')).held > 0) await sleep(200);
    },
    expire: async (what) => (await ask(Expired, `/${what}/expire`, 'POST', {})).expired,
    pass: async (milliseconds) => void (await ask(z.unknown(), '/clock/advance', 'POST', { milliseconds })),
    counts: async () => (await ask(State, '/state')).counts,
    logins: async () => (await ask(Journal, '/journal?kind=login')).entries,
    writes: async () =>
      writtenIn(
        (await Promise.all(products.map((one) => ask(Journal, `/journal?service=${serviceOf[one]}&kind=write`))))
          .flatMap(({ entries }) => entries)
          .sort((a, b) => a.n - b.n),
      ),
    close: sandbox.close,
  };
};
