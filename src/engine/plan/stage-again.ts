import type { SourceUser } from '../../core/values.ts';
import { storeStagedAgain, vanishedLinks } from '../../ledger/links/vanished.ts';
import { stagedCounts } from '../../ledger/plan/staging.ts';
import { nextRead } from '../../ledger/reading/pages.ts';
import { inParallel } from '../apply/lanes.ts';
import type { TargetAtRun } from '../open/connector.ts';
import { withOwnGroups } from '../read/groups.ts';
import { takingPart, withOwnManager } from '../read/managers.ts';
import { stageUsers } from '../read/stage.ts';
import type { Work } from '../work.ts';

/** How many people one run looks for again at a target: a listing that lacks more is not believed all at once. */
const mostAgain = 500;

/** How many of them are asked for by id between two commits, and how many at once. */
const atATime = 50;
const atOnce = 4;

/**
 * Makes candidates of people who would count as unchanged, but whose account the target's own listing no longer shows:
 * an account created again under another key would never be written. Each is read by id, with its own read number.
 */
export const stageAgain = async (work: Work, target: TargetAtRun): Promise<void> => {
  const { ledger, run } = work;
  const people = await vanishedLinks(ledger, run, target, mostAgain);
  // As in a verify run: unchanged wanted values say nothing about an account that is a different one by now.
  const whoever: Work = { ...work, run: { ...run, mode: 'verify' } };
  for (let from = 0; from < people.length; from += atATime) {
    const part = people.slice(from, from + atATime);
    const read = await nextRead(ledger);
    const users: SourceUser[] = [];
    await inParallel(part, atOnce, async ({ person }) => {
      const user = await takingPart(work, person);
      if (user !== null) users.push(await withOwnManager(work, await withOwnGroups(work, user)));
    });
    const positions = new Map(await stagedCounts(ledger, run.id));
    const { staged, outcomes } = await stageUsers(whoever, users, {
      read,
      positions,
      counted: new Set(part.map(({ person }) => person)),
    });
    const here = ({ target: id }: { readonly target: string }): boolean => id === target.id;
    await storeStagedAgain(ledger, run, target.id, part, {
      staged: staged.filter(here),
      outcomes: outcomes.filter(here),
    });
  }
};
