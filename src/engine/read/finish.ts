import { askedFor } from '../../core/mapping/asked-for.ts';
import { proofOf } from '../../core/people/read-proof.ts';
import type { SourceId, SourceUser } from '../../core/values.ts';
import { peopleInDoubt } from '../../ledger/links/claims.ts';
import { endLastRead } from '../../ledger/reading/last-read.ts';
import { movedMembers } from '../../ledger/reading/members.ts';
import { endRead, nextRead, pageChain, storePage } from '../../ledger/reading/pages.ts';
import { dependents } from '../../ledger/reading/people.ts';
import { givenUp, passedOver } from '../../ledger/reading/watermarks.ts';
import { dueFailing, leftUndone } from '../../ledger/runs/failing.ts';
import { inParallel } from '../apply/lanes.ts';
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

/** How far the read of an increment is when the provider's listing has ended. */
type Standing = { readonly pageNo: number; readonly seen: Set<SourceId>; readonly positions: Map<string, number> };

/**
 * Completes a read when the provider's listing has ended, or will never end: in an increment, the people who have to be
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
  const proof = run.retryOf === null ? proofOf(await pageChain(ledger, run.id, run.readNo)) : 'person';
  if (proof === 'everybody') await endLastRead(ledger, run, askedFor(work.connector.mapping));
  await endRead(ledger, run.id, run.readNo, proof);
  return { ended: true, everybody: proof === 'everybody', ...progress };
};

/**
 * Asks by id for whoever is to be looked at again though no listing names them. People who are gone by now are left
 * out, as a listing would leave them out. Null when `call.deadline` came before the end.
 */
const readAlso = async (
  work: Work,
  { pageNo, seen, positions }: Standing,
): Promise<{ readonly pageNo: number } | null> => {
  const { ledger, run } = work;
  const ids = (await toLookAt(work)).filter((id) => !seen.has(id));
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

/**
 * Whom an increment looks at again beside those whom the provider names as changed: the people who fail, or were passed
 * over in the run before, whose account is in doubt, whose part of a plan was held and given up, who joined or left a
 * group the mapping reads, and whose manager has changed. A retry looks at those alone whom its run left undone.
 */
const toLookAt = async (work: Work): Promise<readonly SourceId[]> => {
  const { ledger, connector, run } = work;
  if (run.retryOf !== null) return leftUndone(ledger, run.retryOf);
  const all = [
    ...(connector.mapping.readsGroups ? await movedMembers(ledger, run.id, connector.id) : []),
    ...(findsManagers(work) ? await dependents(ledger, run) : []),
    ...(await dueFailing(ledger, connector.id)),
    ...(await passedOver(ledger, connector.id)),
    ...(await peopleInDoubt(ledger, connector.id)),
    ...(await givenUp(ledger, connector.id)),
  ];
  return [...new Set(all)];
};
