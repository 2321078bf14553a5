import type { Call } from '../core/call.ts';
import { type Failure, isFailure } from '../core/failure.ts';
import type { ChangeResult, Profile } from '../core/profile.ts';
import type { Target, Wanted, Work } from '../targets/target.ts';
import { retryUnanswered } from './retry-unanswered.ts';

/** Items in groups of what the target takes in one request, in order. */
export const groupsFor = <Item>({ together }: Target, items: readonly Item[]): readonly (readonly Item[])[] => {
  const size = together?.size ?? 1;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
};

/** Reads a group; a failure of one account stands in place of its profile. */
export const readProfiles = (
  { together, readProfile }: Target,
  wanted: readonly Wanted[],
  call: Call,
): Promise<readonly (Profile | Failure)[]> =>
  together === null
    ? oneByOne(wanted, ({ account, attributes }) => retryUnanswered(call, () => readProfile(account, attributes, call)))
    : retryUnanswered(call, () => together.readProfiles(wanted, call));

/** Writes a group; a failure of one account stands in place of its results. */
export const applyChanges = (
  { together, applyChanges: applyOne }: Target,
  work: readonly Work[],
  call: Call,
): Promise<readonly (readonly ChangeResult[] | Failure)[]> =>
  together === null
    ? oneByOne(work, ({ account, changes }) => retryUnanswered(call, () => applyOne(account, changes, call)))
    : retryUnanswered(call, () => together.applyChanges(work, call));

const oneByOne = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly (Result | Failure)[]> => {
  const results: (Result | Failure)[] = [];
  for (const item of items) {
    try {
      results.push(await work(item));
    } catch (error) {
      if (!isFailure(error) || !endsOnePerson(error)) throw error;
      results.push(error);
    }
  }
  return results;
};

const endsOnePerson = ({ kind }: Failure): boolean => kind === 'notFound' || kind === 'rejected';

/** How a person ends whose account failed like this. */
export const endOf = (
  failure: Failure,
): { readonly outcome: 'unmatched' | 'skipped' | 'failed'; readonly reason: string } => {
  if (failure.kind === 'notFound') return { outcome: 'unmatched', reason: 'accountGone' };
  const { skips } = failure.facts;
  return skips === undefined ? { outcome: 'failed', reason: failure.sentence } : { outcome: 'skipped', reason: skips };
};
