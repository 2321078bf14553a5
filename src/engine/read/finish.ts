import { proofOf } from '../../core/read-proof.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import { peopleInDoubt } from '../../ledger/links/claims.ts';
import { movedMembers } from '../../ledger/reading/members.ts';
import { endRead, nextRead, pageChain, storePage } from '../../ledger/reading/pages.ts';
import { dependents } from '../../ledger/reading/people.ts';
import { failedBefore, givenUp } from '../../ledger/reading/watermarks.ts';
import { inParallel } from '../lease.ts';
import { sliceOf, type Work } from '../work.ts';
import { keepOrStage } from './keep-or-stage.ts';
import { findsManagers, mapPages, takingPart } from './managers.ts';

/**
 * How far reading has come. It holds counts only: the chain of pages and its cursors stay in the ledger. `everybody` says
 * that the read has ended and proves who is gone.
 */
export type ReadProgress = {
  readonly ended: boolean;
  readonly everybody: boolean;
  readonly pages: number;
  readonly users: number;
};

/** How many people are asked for by id between two stored pages, and how many at once. */
const atATime = 50;
const atOnce = 4;

/** Where the read of an increment stands when the provider has come to its end. */
type Standing = { readonly pageNo: number; readonly seen: Set<SourceId>; readonly positions: Map<string, number> };

/**
 * Completes a read when the provider has come to its end, or will not come to any: in an increment whoever has to be
 * looked at again, then the people who were kept because of their managers. Only then has the read ended, and its pages
 * tell what it proves.
 */
export const finishRead = async (work: Work, standing: Standing): Promise<ReadProgress> => {
  const { ledger, run } = work;
  const also = run.mode === 'delta' ? await readAlso(work, standing) : standing;
  const progress = { pages: also?.pageNo ?? standing.pageNo, users: standing.seen.size };
  if (also === null || !(await mapPages(work, standing.positions))) {
    return { ended: false, everybody: false, ...progress };
  }
  const proof = proofOf(await pageChain(ledger, run.id, run.readNo));
  await endRead(ledger, run.id, run.readNo, proof);
  return { ended: true, everybody: proof === 'everybody', ...progress };
};

/**
 * Whoever the provider does not name as changed but has to be looked at again is asked for by id: the people who failed
 * in the run before, whose account is in doubt, whose part of a plan was held and given up, who joined or left a group the mapping reads, and whose manager has changed. Whoever is gone by now
 * is left out, as a listing would leave them out. Null when `call.deadline` came before the end.
 */
const readAlso = async (
  work: Work,
  { pageNo, seen, positions }: Standing,
): Promise<{ readonly pageNo: number } | null> => {
  const { ledger, connector, run } = work;
  const moved = connector.mapping.readsGroups ? await movedMembers(ledger, run.id, connector.id) : [];
  const managed = findsManagers(work) ? await dependents(ledger, run) : [];
  const failed = await failedBefore(ledger, connector.id);
  const doubted = await peopleInDoubt(ledger, connector.id);
  const undone = await givenUp(ledger, connector.id);
  const ids = [...new Set([...failed, ...doubted, ...undone, ...moved, ...managed])].filter((id) => !seen.has(id));
  const isOver = sliceOf(work);
  let pages = pageNo;
  for (let from = 0; from < ids.length; from += atATime) {
    if (isOver()) return null;
    const read = await nextRead(ledger);
    const users: SourceUser[] = [];
    await inParallel(ids.slice(from, from + atATime), atOnce, async (id) => {
      const user = await takingPart(work, id);
      if (user !== null) users.push(user);
    });
    const taken = await keepOrStage(work, users, [], { read, positions, counted: seen });
    await storePage(ledger, run.id, {
      taken,
      readNo: run.readNo,
      pageNo: pages,
      place: null,
      next: null,
      watermark: null,
      ended: false,
      seen: users.map((user) => user.id),
      again: [],
      read,
    });
    for (const user of users) seen.add(user.id);
    pages += 1;
  }
  return { pageNo: pages };
};
