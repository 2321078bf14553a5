import type { Call } from '../core/call.ts';
import type { Failure } from '../core/failure.ts';
import type { Profile } from '../core/profile.ts';
import type { Reason } from '../core/report/reasons.ts';
import type { Target, Together, Wanted, Work } from '../targets/target.ts';
import { type Answered, endsOnePerson, nothingSent, writeUntilAnswered } from './apply/write-until-answered.ts';
import { retryUnanswered } from './retry-unanswered.ts';

/** Items in groups of what the target takes in one request, in order. */
export const groupsFor = <Item>({ together }: Target, items: readonly Item[]): readonly (readonly Item[])[] => {
  const size = together?.size ?? 1;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
};

/** Reads a group; if an account fails, its failure takes the place of its profile. */
export const readProfiles = (
  { together, readProfile }: Target,
  wanted: readonly Wanted[],
  call: Call,
): Promise<readonly (Profile | Failure)[]> =>
  together === null
    ? oneByOne(wanted, ({ account, attributes }) => retryUnanswered(call, () => readProfile(account, attributes, call)))
    : retryUnanswered(call, () => together.readProfiles(wanted, call));

/**
 * Writes a group and returns a result for every account in it, whatever happens on the way. A failure that ends more
 * than one person is in `ended` of the person it met and of all later ones.
 */
export const applyChanges = async (target: Target, work: readonly Work[], call: Call): Promise<readonly Answered[]> => {
  if (target.together !== null) return writeUntilAnswered(target.together.applyChanges, work, call);
  const all: Answered[] = [];
  for (const one of work) {
    const before = all.at(-1)?.ended ?? null;
    if (before !== null && !endsOnePerson(before)) all.push({ ...nothingSent(one), ended: before });
    else all.push(...(await writeUntilAnswered(alone(target), [one], call)));
  }
  return all;
};

/** A target that takes one account at a time, as a batch of one. */
const alone =
  (target: Target): Together['applyChanges'] =>
  (work, call) =>
    Promise.all(work.map(({ account, changes }) => target.applyChanges(account, changes, call)));

const oneByOne = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly (Result | Failure)[]> => {
  const results: (Result | Failure)[] = [];
  for (const item of items) {
    try {
      results.push(await work(item));
    } catch (error) {
      if (!endsOnePerson(error)) throw error;
      results.push(error);
    }
  }
  return results;
};

/** How a person ends whose account failed like this. */
export const endOf = (failure: Failure): Reason & { readonly outcome: 'unmatched' | 'skipped' | 'failed' } => {
  if (failure.kind === 'notFound') return { outcome: 'unmatched', reason: 'accountGone' };
  const { skips } = failure.facts;
  if (skips !== undefined) return { outcome: 'skipped', reason: skips };
  return { outcome: 'failed', reason: 'refused', facts: { said: failure.sentence } };
};
