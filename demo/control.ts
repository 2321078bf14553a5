import { z } from 'zod';
import type { CheckedAccount, CheckedPerson, Product } from './checker.ts';

const people = z.array(z.looseObject({ id: z.string(), managerId: z.string().nullable() }));
const account = z.object({
  username: z.string(),
  email: z.string().nullable(),
  active: z.boolean(),
  properties: z.record(z.string(), z.string()),
});
const store = z.object({ accounts: z.array(account) });
const write = z.object({
  account: z.string().optional(),
  attribute: z.string(),
  op: z.string(),
  value: z.string().nullish(),
});
const note = z.object({
  kind: z.string(),
  account: z.string().optional(),
  attribute: z.string().optional(),
  op: z.string().optional(),
  value: z.string().nullish(),
  writes: z.array(write).optional(),
});
const journal = z.object({
  counts: z.record(z.string(), z.number()),
  entries: z.array(z.object({ service: z.string(), note: note.optional() })),
});
const edits = z.object({
  edited: z.array(z.object({ id: z.string(), userPrincipalName: z.string(), attribute: z.string() })),
});

/** One edit the demo made in the directory. */
export type Edit = z.infer<typeof edits>['edited'][number];

const serviceOf: Record<Product, string> = { jira: 'jira', wiki: 'confluence' };

/** The demo's access to the sandbox: it edits people and reads what the products really hold. */
export const openControl = (url: string) => {
  const ask = async <T>(schema: z.ZodType<T>, path: string, method = 'GET', body?: unknown): Promise<T> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), init);
    if (!answer.ok) throw new Error(`The sandbox's control answered ${answer.status} to ${method} ${path}.`);
    return schema.parse(await answer.json());
  };
  return {
    people: (): Promise<CheckedPerson[]> => ask(people, '/stores/entra'),
    accounts: async (product: Product): Promise<CheckedAccount[]> =>
      (await ask(store, `/stores/${serviceOf[product]}`)).accounts,
    edit: async (count: number): Promise<Edit[]> => (await ask(edits, '/people/edit', 'POST', { count })).edited,
    clearJournal: () => ask(z.unknown(), '/journal', 'DELETE'),
    counts: async (): Promise<Record<string, number>> => (await ask(journal, '/journal?service=entra')).counts,
    /** Every single write at a product since the journal was cleared, and the accounts anybody asked about. */
    traffic: async (product: Product): Promise<{ writes: string[]; asked: Set<string> }> => {
      const { entries } = await ask(journal, `/journal?service=${serviceOf[product]}`);
      const notes = entries.flatMap((entry) => entry.note ?? []);
      const one = (name: string | undefined, attribute: string | undefined, value: string | null | undefined) =>
        `${name} ${attribute} ${value}`;
      return {
        writes: notes.flatMap(({ account: name, attribute, op, value, writes }) => [
          ...(op === undefined ? [] : [one(name, attribute, value)]),
          ...(writes ?? []).map((each) => one(each.account ?? name, each.attribute, each.value)),
        ]),
        asked: new Set(notes.filter(({ kind }) => kind !== 'listing').flatMap(({ account: name }) => name ?? [])),
      };
    },
  };
};

/** The demo's hands inside the sandbox. */
export type Control = ReturnType<typeof openControl>;
