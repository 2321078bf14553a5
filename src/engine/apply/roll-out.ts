import type { BatchRest } from '../../core/batch.ts';
import { isFailure } from '../../core/failure.ts';
import type { Rollout } from '../../core/plan/rollout.ts';
import { markFirst, noteFirst, refusedFirst, writtenFirst } from '../../ledger/plan/first-people.ts';
import { accountOf } from '../account-text.ts';
import { groupsFor, readProfiles } from '../at-target.ts';
import type { TargetAtRun } from '../open/connector.ts';
import type { Work } from '../work.ts';
import { applyBatch } from './apply.ts';
import { withSlots } from './lease.ts';

/** How many people a plan is written for first; null where it is written for all at once. */
export type FirstPeople = { readonly people: number } | null;

/** Chooses whom a plan is written for first, as the document asks. */
export const pickFirst = async ({ ledger, connector, run }: Work): Promise<FirstPeople> => {
  if (connector.rollout === undefined || run.person !== null) return null;
  const people = await markFirst(ledger, run, connector.rollout.first);
  return people === null ? null : { people };
};

const everybody = { from: 0, to: 2_147_483_647 };

/** Writes the plan at one target for those who go first. */
export const applyFirst = (work: Work, target: TargetAtRun): Promise<BatchRest> =>
  applyBatch(work, target, everybody, true);

/** How many accounts of those who went first do not hold what was written, as reading them again finds. */
export type ReadBack = { readonly rest: BatchRest; readonly wrong: number };

/** When to come back where the target had no slot free. */
const comeBackMs = 2_000;

/** Reads the accounts at one target again that were written first. */
export const readBackFirst = async (work: Work, target: TargetAtRun): Promise<ReadBack> => {
  const written = await writtenFirst(work.ledger, work.run.id, target.id);
  if (written.length === 0) return { rest: null, wrong: 0 };
  const wrong = await withSlots(work, target, false, async ({ call }) => {
    let differing = 0;
    for (const part of groupsFor(target, written)) {
      const wanted = part.map(({ account, values }) => ({
        account: accountOf(account),
        attributes: [...values.keys()],
      }));
      const found = await readProfiles(target, wanted, call);
      for (const [at, { values }] of part.entries()) {
        const held = found[at];
        const isHeld =
          held !== undefined &&
          !isFailure(held) &&
          [...values].every(([attribute, value]) => (held.get(attribute) ?? null) === value);
        if (!isHeld) differing += 1;
      }
    }
    return differing;
  });
  return wrong === 'noSlot'
    ? { rest: { left: written.length, why: 'busy', waitMs: comeBackMs }, wrong: 0 }
    : { rest: null, wrong };
};

/**
 * Decides from the first people whether the rest is written: only if every one of their accounts holds what was
 * written, and the document does not ask for approval. The run's note informs whoever decides.
 */
export const judgeFirst = async (
  { ledger, connector, run }: Work,
  { people, wrong }: { readonly people: number; readonly wrong: number },
): Promise<'goOn' | 'hold'> => {
  const refused = await refusedFirst(ledger, run.id);
  const note = firstNote(connector.rollout, people, wrong, refused);
  if (note === null) return 'goOn';
  await noteFirst(ledger, run.id, note);
  return 'hold';
};

const firstNote = (rollout: Rollout | undefined, people: number, wrong: number, refused: number): string | null => {
  const those = people === 1 ? 'The first person' : `The first ${people} people`;
  if (wrong + refused > 0) {
    const parts = [
      ...(wrong > 0 ? [`${wrong} accounts, when read again, did not hold what was written`] : []),
      ...(refused > 0 ? [`the target refused the changes of ${refused} people`] : []),
    ];
    return `${those} were written: ${parts.join(', and ')}. The rest is not written until it is approved.`;
  }
  return rollout?.then === 'wait' ? `${those} hold what was written. The rest awaits approval.` : null;
};
