import type { AttributeId, Change, DesiredProfile, Profile } from './profile.ts';

/** A change of a plan; `foreign` marks one that replaces or clears a value this connector neither wrote nor adopted. */
export type PlannedChange = Change & { readonly foreign: boolean };

/** What a target needs to hold the desired profile, and which values were found equal at first contact. */
export type Diff = { readonly changes: readonly PlannedChange[]; readonly adopted: readonly AttributeId[] };

/**
 * Compares what the mapping wants with what the account holds, under the policies of the rows. `ours` names the
 * attributes whose present value this connector wrote or adopted earlier.
 */
export const diff = (desired: DesiredProfile, current: Profile, ours: ReadonlySet<AttributeId>): Diff => {
  const changes: PlannedChange[] = [];
  const adopted: AttributeId[] = [];
  for (const [attribute, want] of desired) {
    if (want.do === 'keep') continue;
    const before = current.get(attribute) ?? null;
    const after = want.do === 'set' ? want.value : null;
    const isOurs = ours.has(attribute);
    if (before === after) {
      if (after !== null && !isOurs) adopted.push(attribute);
    } else if (before === null) {
      changes.push({ attribute, before, after, foreign: false });
    } else if (want.do === 'set' ? mayReplace(want.overwrite, isOurs) : want.whose === 'any' || isOurs) {
      changes.push({ attribute, before, after, foreign: !isOurs });
    }
  }
  return { changes, adopted };
};

const mayReplace = (overwrite: 'always' | 'ifEmpty' | 'onlyOurs', isOurs: boolean): boolean =>
  overwrite === 'always' || (overwrite === 'onlyOurs' && isOurs);
