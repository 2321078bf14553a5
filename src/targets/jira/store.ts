import type { Call } from '../../core/call.ts';
import type { Failure } from '../../core/failure.ts';
import type { AttributeId, Change, Profile, Written } from '../../core/profile.ts';
import type { Session } from '../atlassian/session.ts';
import type { WireRequest } from '../atlassian/wire.ts';
import type { Account, Wanted, Work } from '../target.ts';

/** Several accounts in one request, as `Together` of a target. */
export type StoreTogether = {
  readonly size: number;
  readonly read: (session: Session, wanted: readonly Wanted[], call: Call) => Promise<readonly (Profile | Failure)[]>;
  readonly write: (session: Session, work: readonly Work[], call: Call) => Promise<readonly Written[]>;
};

/** One of the places Jira keeps attributes of a user in; they do not see each other. */
export type Store = {
  /** The page of the administration an account's attributes stand on; null for a store that is REST alone. */
  readonly page: ((username: string) => WireRequest) | null;
  /** Null where the store takes one account at a time. */
  readonly together: StoreTogether | null;
  /** The present values of these attributes. */
  readonly read: (
    session: Session,
    account: Account,
    attributes: readonly AttributeId[],
    call: Call,
  ) => Promise<Profile>;
  /** Writes the changes whose `before` still stands, as `applyChanges` of a target does. */
  readonly write: (session: Session, account: Account, changes: readonly Change[], call: Call) => Promise<Written>;
};

/** The key of an attribute in Jira, and back. */
export const keyOf = (attribute: AttributeId): string => attribute.slice(attribute.indexOf(':') + 1);
export const idOf = (key: string): AttributeId => `userProperty:${key}`;
