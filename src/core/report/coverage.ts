import type { TargetEvaluation } from '../mapping/mapping.ts';
import type { AttributeId } from '../profile.ts';

/** How many of the people mapped at a target get a value for an attribute, and for how many it was too long. */
export type AttributeCoverage = { readonly withValue: number; readonly tooLong: number };

/** The result of the mapping at one target: people mapped, people it failed for, and each attribute of theirs. */
export type TargetCoverage = {
  readonly people: number;
  readonly failed: number;
  readonly attributes: Readonly<Record<AttributeId, AttributeCoverage>>;
};

/** The same by target: counts only, so that it may be stored next to sealed values. */
export type Coverage = Readonly<Record<string, TargetCoverage>>;

type Counts = { people: number; failed: number; attributes: Map<AttributeId, { withValue: number; tooLong: number }> };

/** Counts people while they are mapped: opening their values again later would cost what mapping them has cost. */
export const createCoverage = () => {
  const targets = new Map<string, Counts>();
  const at = (target: string): Counts => {
    const known = targets.get(target);
    if (known !== undefined) return known;
    const fresh: Counts = { people: 0, failed: 0, attributes: new Map() };
    targets.set(target, fresh);
    return fresh;
  };
  return {
    /** Counts what the mapping says of one person at one target; whoever is outside the scope is not counted. */
    add: (target: string, evaluation: TargetEvaluation): void => {
      if (evaluation.kind === 'failed') at(target).failed += 1;
      if (evaluation.kind !== 'mapped') return;
      const counts = at(target);
      counts.people += 1;
      for (const [attribute, desired] of evaluation.desired) {
        let one = counts.attributes.get(attribute);
        if (one === undefined) {
          one = { withValue: 0, tooLong: 0 };
          counts.attributes.set(attribute, one);
        }
        if (desired.do === 'set') one.withValue += 1;
      }
      for (const { attribute, reason } of evaluation.kept) {
        const one = counts.attributes.get(attribute);
        if (one !== undefined && (reason === 'tooLong' || reason === 'cut')) one.tooLong += 1;
      }
    },
    of: (): Coverage =>
      Object.fromEntries(
        [...targets].map(([target, { attributes, ...counts }]) => [
          target,
          { ...counts, attributes: Object.fromEntries(attributes) },
        ]),
      ),
  };
};

/** How many of the people mapped got a value at one moment. */
export type Filled = { readonly people: number; readonly withValue: number };

/** An attribute that has lost more than this share of its values empties slowly, or was emptied at once. */
const mostLost = 0.05;

const share = ({ people, withValue }: Filled): number => (people === 0 ? 0 : withValue / people);

/**
 * Where an attribute fell: the first moment at which it had lost more of its values than chance takes, of moments in
 * their order. Null when it has not fallen, or is filled again by the last of them.
 */
export const fallOf = <Moment extends Filled>(moments: readonly Moment[]): Moment | null => {
  const some = moments.filter(({ people }) => people > 0);
  const [first] = some;
  const last = some.at(-1);
  if (first === undefined || last === undefined) return null;
  const hasFallen = (moment: Moment): boolean => share(first) - share(moment) > mostLost;
  return hasFallen(last) ? (some.find(hasFallen) ?? null) : null;
};
