import type { AttributeId } from '../profile.ts';
import type { AttributeImpact, Breach, GuardRule, Impacts } from './guard.ts';

/** One attribute of one target. */
export type TargetAttribute = { readonly target: string; readonly attribute: AttributeId };

/** Whose fault some breaches are: of attributes, and whether people or accounts are `missing`, which is no attribute's. */
export type Fault = { readonly attributes: readonly TargetAttribute[]; readonly missing: boolean };

/**
 * The attributes at fault for some breaches: those that exceed their own threshold; if there are none, each that adds to
 * the breach of a whole target.
 */
export const faultOf = (breaches: readonly Breach[], impacts: Impacts): Fault => {
  const named = breaches.flatMap(({ target, attribute }) =>
    target === null || attribute === null ? [] : [{ target, attribute }],
  );
  const adding = breaches.flatMap(({ rule, target, over }) => {
    const { targets } = over === null ? impacts.run : impacts.window;
    const attributes = targets.find((one) => one.target === target)?.attributes ?? [];
    return attributes.flatMap((one) =>
      target !== null && addsTo[rule]?.(one) === true ? [{ target, attribute: one.attribute }] : [],
    );
  });
  return {
    attributes: named.length > 0 ? distinct(named) : distinct(adding),
    missing: breaches.some(({ rule, attribute }) => attribute === null && addsTo[rule] === undefined),
  };
};

const addsTo: Partial<Readonly<Record<GuardRule, (attribute: AttributeImpact) => boolean>>> = {
  changedPeople: ({ changed }) => changed > 0,
  clearedPeople: ({ cleared }) => cleared > 0,
  foreignOverwrites: ({ foreign }) => foreign > 0,
};

const distinct = (all: readonly TargetAttribute[]): readonly TargetAttribute[] => [
  ...new Map(all.map((one) => [JSON.stringify([one.target, one.attribute]), one])).values(),
];
