import type { Call } from '../../core/call.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import type { Ledger } from '../../ledger/open.ts';
import { movedMembers } from '../../ledger/reading/members.ts';
import { databaseNow, endRead, storePage } from '../../ledger/reading/pages.ts';
import { dependents } from '../../ledger/reading/people.ts';
import { failedBefore } from '../../ledger/reading/watermarks.ts';
import type { Run } from '../../ledger/runs/runs.ts';
import type { OpenConnector } from '../connector.ts';
import { inParallel } from '../lease.ts';
import { takePage } from './keep-or-stage.ts';
import { findsManagers, mapPages, takingPart } from './managers.ts';

/** How far reading has come. It holds counts only: the chain of pages and its cursors stay in the ledger. */
export type ReadProgress = { readonly ended: boolean; readonly pages: number; readonly users: number };

/** How many people are asked for by id between two stored pages, and how many at once. */
const atATime = 50;
const atOnce = 4;

/** Where the read of an increment stands when the provider has come to its end. */
type Standing = { readonly pageNo: number; readonly seen: Set<SourceId>; readonly positions: Map<string, number> };

/**
 * Completes a read when the provider has come to its end: in an increment whoever has to be looked at again, then the
 * people who were kept because of their managers. Only then has the read ended.
 */
export const finishRead = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  standing: Standing,
  call: Call,
  now: () => number,
): Promise<ReadProgress> => {
  const also = run.mode === 'delta' ? await readAlso(ledger, connector, run, standing, call, now) : standing;
  const progress = { pages: also?.pageNo ?? standing.pageNo, users: standing.seen.size };
  if (also === null || !(await mapPages(ledger, connector, run, standing.positions, call, now))) {
    return { ended: false, ...progress };
  }
  await endRead(ledger, run.id, run.readNo);
  return { ended: true, ...progress };
};

/**
 * Whoever the provider does not name as changed but has to be looked at again is asked for by id: the people who failed
 * in the run before, who joined or left a group the mapping reads, and whose manager has changed. Whoever is gone by now
 * is left out, as a listing would leave them out. Null when `call.deadline` came before the end.
 */
const readAlso = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  { pageNo, seen, positions }: Standing,
  call: Call,
  now: () => number,
): Promise<{ readonly pageNo: number } | null> => {
  const moved = connector.mapping.readsGroups ? await movedMembers(ledger, run.id, connector.id) : [];
  const managed = findsManagers(connector) ? await dependents(ledger, run) : [];
  const failed = await failedBefore(ledger, connector.id);
  const ids = [...new Set([...failed, ...moved, ...managed])].filter((id) => !seen.has(id));
  let pages = pageNo;
  for (let from = 0; from < ids.length; from += atATime) {
    if (now() >= call.deadline) return null;
    const readAt = await databaseNow(ledger);
    const users: SourceUser[] = [];
    await inParallel(ids.slice(from, from + atATime), atOnce, async (id) => {
      const user = await takingPart(connector, id, call);
      if (user !== null) users.push(user);
    });
    const taken = await takePage(ledger, connector, run, { users, readAt, positions });
    for (const user of users) seen.add(user.id);
    await storePage(ledger, run.id, {
      taken,
      readNo: run.readNo,
      pageNo: pages,
      place: null,
      next: null,
      watermark: null,
      ended: false,
      seen: users.map((user) => user.id),
      readAt,
    });
    pages += 1;
  }
  return { pageNo: pages };
};
