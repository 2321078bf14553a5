import { z } from 'zod';
import { type ProductId, products, serviceOf } from './document.ts';

const Write = z.object({
  account: z.string().optional(),
  attribute: z.string(),
  op: z.string().optional(),
  value: z.string().nullish(),
});
const Note = z.object({
  account: z.string().optional(),
  attribute: z.string().optional(),
  op: z.string().optional(),
  value: z.string().nullish(),
  writes: z.array(Write).optional(),
});

/** What the stand-ins remember of the requests they got, as far as it is looked at. */
export const Journal = z.object({
  entries: z.array(
    z.object({
      n: z.number(),
      at: z.string(),
      service: z.string(),
      method: z.string(),
      path: z.string(),
      status: z.number(),
      note: Note.optional(),
    }),
  ),
});

/** One request as a stand-in remembers it. */
export type JournalEntry = z.infer<typeof Journal>['entries'][number];

/** One value that a product took, and when, in milliseconds of this machine's clock. */
export type Written = {
  readonly n: number;
  readonly at: number;
  readonly product: ProductId;
  readonly account: string;
  readonly attribute: string;
  readonly value: string | null;
};

/** The values in a product's entries, in order. What was refused has no `op` and took no effect. */
export const writtenIn = (entries: readonly JournalEntry[]): Written[] =>
  entries.flatMap(({ n, at, service, note }) => {
    const product = products.find((one) => serviceOf[one] === service);
    if (note === undefined || product === undefined) return [];
    const own = note.attribute === undefined ? [] : [{ ...note, attribute: note.attribute }];
    return [...own, ...(note.writes ?? [])].flatMap(({ account = note.account, attribute, op, value }): Written[] =>
      account === undefined || op === undefined
        ? []
        : [{ n, at: Date.parse(at), product, account, attribute, value: value ?? null }],
    );
  });
