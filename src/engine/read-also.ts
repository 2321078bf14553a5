import type { Call } from '../core/call.ts';
import type { SourceId, SourceUser } from '../core/values.ts';
import { movedMembers } from '../ledger/members.ts';
import type { Ledger } from '../ledger/open.ts';
import { databaseNow, endRead, storePage } from '../ledger/pages.ts';
import type { Run } from '../ledger/runs.ts';
import { failedBefore } from '../ledger/watermarks.ts';
import type { OpenConnector } from './connector.ts';
import { inParallel } from './lease.ts';
import { withGroups } from './read-groups.ts';
import { workUsers } from './work-page.ts';

/** How far reading has come. It holds counts only: the chain of pages and its cursors stay in the ledger. */
export type ReadProgress = { readonly ended: boolean; readonly pages: number; readonly users: number };

/** How many people are asked for by id between two stored pages, and how many at once. */
const atATime = 50;
const atOnce = 4;

/** Where the read of an increment stands when the provider has come to its end. */
type Standing = { readonly pageNo: number; readonly seen: Set<SourceId>; readonly positions: Map<string, number> };

/**
 * Completes an increment: whoever the provider does not name as changed but has to be looked at again is asked for by
 * id. These are the people who failed in the run before, and who joined or left a group the mapping reads. Whoever is
 * gone by now is left out, as a listing would leave them out.
 */
export const readAlso = async (
  ledger: Ledger,
  connector: OpenConnector,
  run: Run,
  { pageNo, seen, positions }: Standing,
  call: Call,
  now: () => number,
): Promise<ReadProgress> => {
  const moved = connector.mapping.readsGroups ? await movedMembers(ledger, run.id, connector.id) : [];
  const ids = [...new Set([...(await failedBefore(ledger, connector.id)), ...moved])].filter((id) => !seen.has(id));
  let pages = pageNo;
  for (let from = 0; from < ids.length; from += atATime) {
    if (now() >= call.deadline) return { ended: false, pages, users: seen.size };
    const readAt = await databaseNow(ledger);
    const found: SourceUser[] = [];
    await inParallel(ids.slice(from, from + atATime), atOnce, async (id) => {
      const user = await connector.source.readUser(id, connector.mapping.selection, call);
      if (user !== null) found.push(user);
    });
    const grouped = await withGroups(ledger, connector, run.id, found);
    const worked = await workUsers(ledger, connector, grouped, readAt, positions, false);
    for (const user of found) seen.add(user.id);
    await storePage(ledger, run.id, {
      ...worked,
      readNo: run.readNo,
      pageNo: pages,
      place: null,
      next: null,
      watermark: null,
      ended: false,
      seen: found.map((user) => user.id),
      readAt,
    });
    pages += 1;
  }
  await endRead(ledger, run.id, run.readNo);
  return { ended: true, pages, users: seen.size };
};
