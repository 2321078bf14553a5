import pg from 'pg';
import { z } from 'zod';
import type { Client } from '../src/client/client.ts';
import { isFailure } from '../src/core/failure.ts';
import { products } from './document.ts';
import { type Difference, differences } from './table.ts';
import type { World, Written } from './world.ts';

const counts = z.record(z.string(), z.unknown());

/** A run as the API tells it, as far as it is checked here. */
export const Run = z.looseObject({
  id: z.string(),
  status: z.string(),
  workflowId: z.string(),
  report: z
    .looseObject({
      status: z.string(),
      read: z.looseObject({ users: z.number(), complete: z.boolean() }),
      targets: z.record(z.string(), z.looseObject({ changes: z.object({ set: z.number(), cleared: z.number() }) })),
    })
    .nullable(),
});
export type Run = z.infer<typeof Run>;

const ChangePage = z.object({
  changes: z.array(
    z.looseObject({
      target: z.enum(products),
      person: z.string(),
      attribute: z.string(),
      after: z.string().nullable(),
      status: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

/** One stored change of a run. */
export type Change = z.infer<typeof ChangePage>['changes'][number];

/** Every stored change of a run, page by page. */
export const changesOf = async (api: Client, run: string): Promise<Change[]> => {
  const all: Change[] = [];
  for (let cursor: string | null = null; ; ) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: z.infer<typeof ChangePage> = await api.get(`/api/runs/${run}/changes?limit=1000${query}`, ChangePage);
    all.push(...page.changes);
    if (page.next === null) return all;
    cursor = page.next;
  }
};

const outcomes = ['unchanged', 'updated', 'planned', 'unmatched', 'ambiguous', 'outOfScope', 'skipped', 'failed'];

const plain = (attribute: string): string => attribute.replace(/^(field|userProperty):/, '');

/** What an ended run says that is not so. */
export const falseWords = (run: Run, changes: readonly Change[]): string[] => {
  const { report } = run;
  if (report === null) return run.status === 'skipped' ? [] : [`${run.id} (${run.status}) ended without a report`];
  const wrong: string[] = [];
  const isDone = report.status === 'done' || report.status === 'doneWithFailures';
  for (const [target, told] of Object.entries(report.targets)) {
    const of = (name: string): number => z.number().catch(0).parse(counts.parse(told)[name]);
    const sum = outcomes.reduce((total, name) => total + of(name), 0);
    if (isDone && report.read.complete && sum !== report.read.users) {
      wrong.push(`${run.id} at ${target}: ${report.read.users} read, ${sum} accounted for`);
    }
    if (isDone && of('planned') > 0) wrong.push(`${run.id} at ${target}: done, with ${of('planned')} planned`);
    const mine = changes.filter((change) => change.target === target);
    if (isDone && mine.some(({ status }) => status === 'planned' || status === 'begun')) {
      wrong.push(`${run.id} at ${target}: done, with changes undecided`);
    }
    if (report.status === 'planned' || report.status === 'awaitingApproval') continue;
    const made = mine.filter(({ status }) => status === 'applied' || status === 'already');
    if (made.length !== told.changes.set + told.changes.cleared) {
      wrong.push(`${run.id} at ${target}: ${told.changes.set + told.changes.cleared} told, ${made.length} listed`);
    }
  }
  return wrong;
};

/** What products and plans say of each other. */
export type Compared = {
  /** Values written that no plan held. */
  readonly outOfPlan: readonly string[];
  /** Changes told as applied that the product never saw. */
  readonly untrue: readonly string[];
};

/** Holds the products' journals against the stored changes of all runs so far. */
export const comparePlans = async (
  world: World,
  writes: readonly Written[],
  changes: readonly Change[],
): Promise<Compared> => {
  const logins = new Map(
    (await world.people()).map((person) => [
      person.id,
      (String(person.userPrincipalName).split('@')[0] ?? '').toLowerCase(),
    ]),
  );
  const key = (product: string, account: string, attribute: string, value: string | null): string =>
    `${product} ${account.toLowerCase()} ${plain(attribute)} ${value ?? ''}`;
  const planned = new Set(
    changes.map(({ target, person, attribute, after }) => key(target, logins.get(person) ?? '', attribute, after)),
  );
  const seen = new Set(writes.map(({ product, account, attribute, value }) => key(product, account, attribute, value)));
  const nameless = (text: string): string => text.split(' ').slice(0, 3).join(' ');
  return {
    outOfPlan: [...seen].filter((one) => !planned.has(one)).map(nameless),
    untrue: changes
      .filter(({ status }) => status === 'applied')
      .map(({ target, person, attribute, after }) => key(target, logins.get(person) ?? '', attribute, after))
      .filter((one) => !seen.has(one))
      .map(nameless),
  };
};

/** Values written more often in a row than once, and once more for each fault that may have met one in flight. */
export const resentIn = (writes: readonly Written[], spare: number): number => {
  const last = new Map<string, { value: string | null; times: number }>();
  let resent = 0;
  for (const { product, account, attribute, value } of writes) {
    const at = `${product} ${account} ${attribute}`;
    const known = last.get(at);
    const times = known !== undefined && known.value === value ? known.times + 1 : 1;
    last.set(at, { value, times });
    if (times > 1 + spare) resent += 1;
  }
  return resent;
};

/** Both products against the table. */
export const standing = async (world: World, byHand: ReadonlySet<string>): Promise<Difference[]> => {
  const people = await world.people();
  const found: Difference[] = [];
  for (const product of products) {
    const accounts = await world.accounts(product);
    found.push(...differences(product, people, accounts, world.before[product], world.wanted, byHand));
  }
  return found;
};

const leftover: Readonly<Record<string, string>> = {
  'running runs': "select count(*)::integer as n from run where status = 'running'",
  'locks held': 'select count(*)::integer as n from run_lock',
  'slots leased': 'select count(*)::integer as n from target_slot where expires_at > clock_timestamp()',
};

/** What a quiet installation still holds that it should not: names and counts. */
export const leftovers = async (databaseUrl: string): Promise<string[]> => {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found: string[] = [];
    for (const [name, statement] of Object.entries(leftover)) {
      const { rows } = await client.query<{ n: number }>(statement);
      const n = rows[0]?.n ?? 0;
      if (n > 0) found.push(`${n} ${name}`);
    }
    return found;
  } finally {
    await client.end();
  }
};

/** Tries again while the API does not answer; null when it did not for so long. */
export const persistently = async <T>(forMs: number, work: () => Promise<T>): Promise<T | null> => {
  const until = Date.now() + forMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const passes = !isFailure(error) || error.kind === 'unavailable' || error.kind === 'notFound';
      if (!passes) throw error;
      if (Date.now() > until) return null;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
};
