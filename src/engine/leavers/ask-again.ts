import { noteAskedAgain, type PlannedClear, plannedClears } from '../../ledger/leavers/planned.ts';
import { endUnwritten } from '../../ledger/plan/changes.ts';
import { inParallel } from '../apply/lanes.ts';
import { sliceOf, type Work } from '../work.ts';
import { type LeaverProgress, standingsOf } from './ask.ts';

const atATime = 50;
const atOnce = 4;

/**
 * Before a plan from another day is applied: asks once more for each leaver whose values it clears. People who are not
 * confirmed as gone are not touched; the others are as the plan saw them. Resumes where it stopped, asking all of them.
 */
export const askLeaversAgain = async (work: Work): Promise<LeaverProgress> => {
  const { ledger, run } = work;
  const clears = await plannedClears(ledger, run.id);
  const people = [...new Set(clears.map(({ person }) => person))];
  const isOver = sliceOf(work);
  for (let from = 0; from < people.length; from += atATime) {
    if (isOver()) return { ended: false, asked: from };
    const kept: PlannedClear[] = [];
    const some = people.slice(from, from + atATime);
    await inParallel(some, atOnce, async (person) => {
      const said = await standingsOf(work, person);
      for (const clear of clears.filter((one) => one.person === person)) {
        const standing = said instanceof Map ? (said.get(clear.target) ?? null) : said;
        if (standing === null || standing === 'present') kept.push(clear);
      }
    });
    for (const { target, person } of kept) {
      await endUnwritten(ledger, { run: run.id, target }, [{ person, outcome: 'skipped', reason: 'notGone' }]);
    }
    await noteAskedAgain(ledger, run.id, some);
  }
  return { ended: true, asked: people.length };
};
