import { Failure, type FailureFacts, isFailure, type LeftOutAs } from '../core/failure.ts';
import type { RefusedPath } from './source.ts';

/** That a place inside a listing is not held any more; `why` says what the provider does not know. */
export const placeGone = (
  party: string,
  why = 'no longer knows this position in the listing',
  facts: FailureFacts = {},
): Failure =>
  new Failure('cursorExpired', `${party} ${why}.`, {
    ...facts,
    party,
    remedy: 'The listing starts again from the beginning.',
  });

/** That a kept place was made for another listing than the one it is to be used in. */
export const ofAnotherListing = (party: string): Failure =>
  placeGone(party, 'was asked to continue at a position of another listing');

/** Throws `config` for the first path that the provider never gives. */
export const refusePaths = (party: string, [refused]: readonly RefusedPath[]): void => {
  if (refused === undefined) return;
  const { path, why, remedy } = refused;
  throw new Failure('config', `The attribute ${path} cannot be read from ${party}: ${why}.`, { party, remedy });
};

/** The setting of a source that leaves a person out, in the document's words, and what it makes of somebody who took part. */
export type LeftOut = { readonly setting: string; readonly as: LeftOutAs };

/** Throws `rejected` for a person whom a setting of the source leaves out; null leaves nobody out. */
export const refuseLeftOut = (party: string, leftOut: LeftOut | null): void => {
  if (leftOut === null) return;
  throw new Failure('rejected', `This person is left out by ${leftOut.setting}.`, {
    party,
    leftOut: leftOut.as,
    remedy: 'Change this setting of the source to have them synchronized.',
  });
};

/** The one person who has a mail; null for nobody, `rejected` where several have it. */
export const onlyOneOf = <Person extends { readonly id: string }>(
  party: string,
  found: readonly Person[],
): Person | null => {
  if (found.length <= 1) return found[0] ?? null;
  const ids = found.map(({ id }) => id).join(', ');
  throw new Failure('rejected', `${found.length} people of ${party} have this mail address: ${ids}.`, {
    party,
    remedy: 'Ask for one of them by id.',
  });
};

/** What a read gives; null where the provider says that there is no such thing. */
export const unlessGone = async <Found>(read: Promise<Found>): Promise<Found | null> => {
  try {
    return await read;
  } catch (error) {
    if (isFailure(error) && error.kind === 'notFound') return null;
    throw error;
  }
};
