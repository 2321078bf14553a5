import { sql } from 'kysely';
import type { RequestCount } from '../../core/call.ts';
import type { Report } from '../../core/report/report.ts';
import type { Ledger } from '../open.ts';

/** Counters that only grow, whatever becomes of the runs they count. */
export type TotalName = 'changes' | 'requests' | 'runSeconds' | 'runs';

type Addition = { readonly name: TotalName; readonly labels: readonly string[]; readonly add: number };

/** The upper ends of the classes that the length of runs is counted in, in seconds. */
export const runSecondsUpTo: readonly number[] = [1, 10, 60, 300, 1_800, 7_200, 28_800];

const addTotals = async (ledger: Ledger, connector: string, additions: readonly Addition[]): Promise<void> => {
  // In one order, so that two who add the same ones never wait for each other.
  const some = additions.filter(({ add }) => add > 0).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const { name, labels, add } of some) {
    await sql`insert into running_total as t (name, connector, labels, total)
      values (${name}, ${connector}, ${labels}::text[], ${add})
      on conflict (name, connector, labels) do update set total = t.total + excluded.total`.execute(ledger.db);
  }
};

const keyOf = ({ name, labels }: Addition): string => JSON.stringify([name, ...labels]);

/**
 * Adds what a run wrote, and how long it took, to what all runs of its connector did. To be called in the transaction
 * that ends it. `planned` is its report as a plan that waited for a decision: that was added already, and the run counts once.
 */
export const addRun = async (
  ledger: Ledger,
  { connector, mode, status, targets, durationMs }: Report,
  planned: Report | null,
): Promise<void> => {
  const wrote = status !== 'planned' && status !== 'awaitingApproval';
  const changes = Object.entries(wrote ? targets : {}).flatMap(([target, { changes: done }]) => [
    { name: 'changes' as const, labels: [target, 'set'], add: done.set },
    { name: 'changes' as const, labels: [target, 'cleared'], add: done.cleared },
  ]);
  const seconds = durationMs / 1_000;
  const upTo = runSecondsUpTo.find((end) => seconds <= end);
  await addTotals(ledger, connector, [
    ...changes,
    { name: 'runSeconds', labels: [mode], add: seconds - (planned?.durationMs ?? 0) / 1_000 },
    { name: 'runs', labels: [mode, String(upTo ?? 'more')], add: planned === null ? 1 : 0 },
  ]);
};

/** Adds requests sent to a target in the name of a run to what all its connector's runs sent. */
export const addRequests = async (
  ledger: Ledger,
  run: string,
  target: string,
  counts: readonly RequestCount[],
): Promise<void> => {
  const { rows } = await sql<{ connector: string }>`select connector from run where id = ${run}`.execute(ledger.db);
  const connector = rows[0]?.connector;
  if (connector === undefined) return;
  const additions = counts.map(({ kind, answer, requests }): Addition => {
    return { name: 'requests', labels: [target, kind, answer], add: requests };
  });
  await addTotals(ledger, connector, additions);
};

/** The totals of a name, of every connector there is. */
export const totalsOf = async (
  ledger: Ledger,
  name: TotalName,
): Promise<readonly { readonly connector: string; readonly labels: readonly string[]; readonly total: number }[]> => {
  const { rows } = await sql<{ connector: string; labels: string[]; total: number }>`select t.connector, labels, total
    from running_total t join connector c on c.id = t.connector where name = ${name}
    order by t.connector, labels`.execute(ledger.db);
  return rows;
};
