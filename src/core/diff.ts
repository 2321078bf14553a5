import type { AttributeId, Change, Desired, DesiredProfile, Profile } from './profile.ts';

/** A change of a plan; `foreign` marks one that replaces or clears a value this connector neither wrote nor adopted. */
export type PlannedChange = Change & { readonly foreign: boolean };

/** What a target needs to hold the desired profile, and which values were found equal at first contact. */
export type Diff = { readonly changes: readonly PlannedChange[]; readonly adopted: readonly AttributeId[] };

/** What is done about one attribute and why, in words without values. */
export type Verdict = {
  readonly attribute: AttributeId;
  readonly before: string | null;
  /** What stands there afterwards. */
  readonly after: string | null;
  readonly verdict: 'set' | 'clear' | 'adopt' | 'same' | 'keep';
  readonly foreign: boolean;
  readonly why: string;
};

/**
 * Compares what the mapping wants with what the account holds, under the policies of the rows. `ours` names the
 * attributes whose present value this connector wrote or adopted earlier.
 */
export const verdicts = (
  desired: DesiredProfile,
  current: Profile,
  ours: ReadonlySet<AttributeId>,
): readonly Verdict[] =>
  [...desired].map(([attribute, want]) => {
    const before = current.get(attribute) ?? null;
    const isOurs = ours.has(attribute);
    const { verdict, why } = judged(want, before, isOurs);
    const after = verdict === 'set' ? wantedValue(want) : verdict === 'clear' ? null : before;
    const changes = verdict === 'set' || verdict === 'clear';
    return { attribute, before, after, verdict, foreign: changes && before !== null && !isOurs, why };
  });

/** Verdicts as a plan stores them. */
export const asDiff = (judgedAll: readonly Verdict[]): Diff => ({
  changes: judgedAll
    .filter(({ verdict }) => verdict === 'set' || verdict === 'clear')
    .map(({ attribute, before, after, foreign }) => ({ attribute, before, after, foreign })),
  adopted: judgedAll.filter(({ verdict }) => verdict === 'adopt').map(({ attribute }) => attribute),
});

const wantedValue = (want: Desired): string | null => (want.do === 'set' ? want.value : null);

const judged = (want: Desired, before: string | null, isOurs: boolean): Pick<Verdict, 'verdict' | 'why'> => {
  if (want.do === 'keep') return { verdict: 'keep', why: 'the mapping keeps what stands there' };
  if (before === wantedValue(want)) {
    if (before === null) return { verdict: 'same', why: 'there is no value, and none is wanted' };
    return isOurs
      ? { verdict: 'same', why: 'the value stands there already' }
      : { verdict: 'adopt', why: 'the value stands there already; from now on it counts as ours' };
  }
  if (before === null) return { verdict: 'set', why: 'there is no value yet' };
  if (want.do === 'clear') {
    if (want.whose === 'any') return { verdict: 'clear', why: 'the mapping clears any value' };
    return isOurs
      ? { verdict: 'clear', why: 'the mapping gives no value any more, and this one is ours' }
      : { verdict: 'keep', why: 'the mapping gives no value, but this one is not ours' };
  }
  if (want.overwrite === 'always') return { verdict: 'set', why: 'the mapping gives another value' };
  if (want.overwrite === 'onlyOurs' && isOurs)
    return { verdict: 'set', why: 'the mapping gives another value than ours' };
  return {
    verdict: 'keep',
    why:
      want.overwrite === 'ifEmpty'
        ? 'overwrite: ifEmpty leaves a value alone'
        : 'overwrite: onlyOurs, and it is not ours',
  };
};
