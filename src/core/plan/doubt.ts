import type { AttributeId, Change, Profile } from '../profile.ts';

/** A write that was begun and never recorded: the attribute, and the value it was to get (null to be emptied). */
export type OpenWrite = { readonly attribute: AttributeId; readonly after: string | null };

/** Whether the current value in an account may come from a write that was begun and never recorded. */
export const isIntended = (open: readonly OpenWrite[], attribute: AttributeId, value: string | null): boolean =>
  open.some((one) => one.attribute === attribute && one.after === value);

/**
 * Changes over what an account in doubt was found to hold. If the account holds a value of ours, an unrecorded one or
 * the one the ledger knew, the change starts from that value, so that an addition becomes an update. A value of
 * somebody else is left as the plan saw it, and the target will report it as moved.
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
