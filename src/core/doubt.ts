import type { AttributeId, Change, Profile } from './profile.ts';

/** A write that was begun and never recorded: the attribute, and the value it was to get (null to be emptied). */
export type OpenWrite = { readonly attribute: AttributeId; readonly after: string | null };

/** Whether a value that stands in an account may be the work of a write that was begun and never recorded. */
export const isIntended = (open: readonly OpenWrite[], attribute: AttributeId, value: string | null): boolean =>
  open.some((one) => one.attribute === attribute && one.after === value);

/**
 * Changes over what an account in doubt was found to hold. Where a value of ours stands, an unrecorded one or the one the
 * ledger knew, the change goes on from there, so that what was to be added is updated instead; a value of somebody else
 * is left as the plan saw it, and the target will call it moved.
 */
export const goOnFrom = <One extends Change>(
  changes: readonly One[],
  held: Profile,
  isOurs: (attribute: AttributeId, value: string | null) => boolean,
): readonly One[] =>
  changes.map((change) => {
    const now = held.get(change.attribute) ?? null;
    return now !== change.before && isOurs(change.attribute, now) ? { ...change, before: now } : change;
  });
