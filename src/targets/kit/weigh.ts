import type { AttributeId, Change, ChangeResult, Profile, Written } from '../../core/profile.ts';
import type { NotAnswered } from './attempt.ts';

/** What is left to write of some changes, and the results of those that are not written. */
export type Weighed = { readonly due: readonly Change[]; readonly settled: readonly ChangeResult[] };

/**
 * Compares changes with what the account holds now: a value that is already there needs no write; one whose `before` is
 * no longer there is not written, because somebody else has written since the plan.
 */
export const weigh = (changes: readonly Change[], held: Profile): Weighed => {
  const settled: ChangeResult[] = [];
  const due: Change[] = [];
  for (const change of changes) {
    const now = valueIn(held, change.attribute);
    if (now === change.after) settled.push({ attribute: change.attribute, status: 'already' });
    else if (now !== change.before) settled.push(moved(change.attribute));
    else due.push(change);
  }
  return { due, settled };
};

/** A value a target holds; the empty text is none. */
const valueIn = (held: Profile, attribute: AttributeId): string | null => held.get(attribute) || null;

/** The target holds neither what the plan saw nor what it wants. */
const moved = (attribute: AttributeId): ChangeResult => ({
  attribute,
  status: 'moved',
  reason: 'The target holds a different value than when the plan was made.',
});

/** Results in the order of the changes they answer. */
export const inOrder = (changes: readonly Change[], results: readonly ChangeResult[]): readonly ChangeResult[] => {
  const byAttribute = new Map(results.map((result) => [result.attribute, result]));
  return changes.flatMap(({ attribute }) => byAttribute.get(attribute) ?? []);
};

/** Why an account that is ours or on the `never` list is not written. */
export const ownOrNever =
  'protected: the account is never written to (it is the service account, or listed under `never`).';

/** The same answer to every change of an account that is not written at all. */
export const refuseAll = (changes: readonly Change[], reason: string): Written => ({
  results: changes.map(({ attribute }) => ({ attribute, status: 'rejected', reason })),
  ended: null,
});

/** The same end for every change of an account whose one request was not answered. */
export const allOf = (changes: readonly Change[], { came, why }: NotAnswered): Written => ({
  results: changes.map(({ attribute }) => ({ attribute, status: came })),
  ended: why,
});

/** Nothing was sent, because of this. */
export const unsentAll = (changes: readonly Change[], why: unknown): Written => allOf(changes, { came: 'unsent', why });

/** The part of a profile that was asked for; an empty value is none. */
export const only = (profile: Profile, attributes: readonly AttributeId[]): Profile =>
  new Map(
    attributes.flatMap((attribute) => {
      const value = valueIn(profile, attribute);
      return value === null ? [] : [[attribute, value] as const];
    }),
  );
