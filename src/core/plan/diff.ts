import type { AttributeId, Change, Desired, DesiredProfile, Profile } from '../profile.ts';

/** A change of a plan; `foreign` marks one that replaces or clears a value this connector neither wrote nor adopted. */
export type PlannedChange = Change & { readonly foreign: boolean };

/** What a target needs to hold the desired profile, and which values were found equal at first contact. */
export type Diff = { readonly changes: readonly PlannedChange[]; readonly adopted: readonly AttributeId[] };

/** What is done about one attribute and why, in words without values. */
export type Decision = {
  readonly attribute: AttributeId;
  readonly before: string | null;
  /** The value afterwards. */
  readonly after: string | null;
  readonly decision: 'set' | 'clear' | 'adopt' | 'same' | 'keep';
  readonly foreign: boolean;
  readonly why: string;
};

/**
 * Compares what the mapping wants with what the account holds, under the policies of the rows. `ours` names the
 * attributes whose present value this connector wrote or adopted earlier.
 */
export const decisionsFor = (
  desired: DesiredProfile,
  current: Profile,
  ours: ReadonlySet<AttributeId>,
): readonly Decision[] =>
  [...desired].map(([attribute, want]) => {
    const before = current.get(attribute) ?? null;
    const isOurs = ours.has(attribute);
    const { decision, why } = decide(want, before, isOurs);
    const after = decision === 'set' ? wantedValue(want) : decision === 'clear' ? null : before;
    const changes = decision === 'set' || decision === 'clear';
    return { attribute, before, after, decision, foreign: changes && before !== null && !isOurs, why };
  });

/** Decisions as a plan stores them. */
export const asDiff = (decisions: readonly Decision[]): Diff => ({
  changes: decisions
    .filter(({ decision }) => decision === 'set' || decision === 'clear')
    .map(({ attribute, before, after, foreign }) => ({ attribute, before, after, foreign })),
  adopted: decisions.filter(({ decision }) => decision === 'adopt').map(({ attribute }) => attribute),
});

const wantedValue = (want: Desired): string | null => (want.do === 'set' ? want.value : null);

const decide = (want: Desired, before: string | null, isOurs: boolean): Pick<Decision, 'decision' | 'why'> => {
  if (want.do === 'keep') return { decision: 'keep', why: 'the mapping keeps the existing value' };
  if (before === wantedValue(want)) {
    if (before === null) return { decision: 'same', why: 'there is no value, and none is wanted' };
    return isOurs
      ? { decision: 'same', why: 'the value is already there' }
      : { decision: 'adopt', why: 'the value is already there; from now on it counts as ours' };
  }
  if (before === null) return { decision: 'set', why: 'there is no value yet' };
  if (want.do === 'clear') {
    if (want.whose === 'any') return { decision: 'clear', why: 'the mapping clears any value' };
    return isOurs
      ? { decision: 'clear', why: 'the mapping no longer gives a value, and this one is ours' }
      : { decision: 'keep', why: 'the mapping gives no value, but this one is not ours' };
  }
  if (want.overwrite === 'always') return { decision: 'set', why: 'the mapping gives a different value' };
  if (want.overwrite === 'onlyOurs' && isOurs)
    return { decision: 'set', why: 'the mapping gives a different value, and the existing one is ours' };
  return {
    decision: 'keep',
    why:
      want.overwrite === 'ifEmpty'
        ? 'overwrite: ifEmpty keeps an existing value'
        : 'overwrite: onlyOurs, and it is not ours',
  };
};
