import { z } from 'zod';
import type { Account } from '../../src/targets/target.ts';
import { freeCall, openDocument, takeJobs } from './job.ts';

// The least that correct writing costs: an account is looked at once (by its key, where the product's page goes by name),
// and then gets its changes, each only if the account still holds what it is to replace. Nothing is planned, judged,
// recorded or remembered: a kill loses everything, and nobody could say what happened.
const account = z.object({
  key: z.string(),
  username: z.string(),
  email: z.string().nullable(),
  active: z.boolean(),
});
const change = z.object({
  attribute: z.custom<`field:${string}` | `userProperty:${string}`>((value) => typeof value === 'string'),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
const Job = z.object({
  atOnce: z.number(),
  work: z.record(z.string(), z.array(z.object({ account, changes: z.array(change) }))),
});

type Piece = { readonly account: Account; readonly changes: readonly z.infer<typeof change>[] };

const { targets } = await openDocument();

const writeAll = async (id: string, work: readonly Piece[], atOnce: number): Promise<number> => {
  const target = targets.get(id);
  if (target === undefined) throw new Error(`no target ${id}`);
  const queue = work.values();
  let applied = 0;
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      const { results, ended } = await target.applyChanges(one.account, one.changes, freeCall());
      if (ended !== null) throw ended;
      applied += results.filter(({ status }) => status === 'applied').length;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return applied;
};

takeJobs(Job, async ({ work, atOnce }) => {
  const applied = await Promise.all(Object.entries(work).map(([id, pieces]) => writeAll(id, pieces, atOnce)));
  return { applied: applied.reduce((sum, count) => sum + count, 0) };
});
