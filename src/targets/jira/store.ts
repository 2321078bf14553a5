import { nameOfId } from '../../core/attribute-id.ts';
import type { CountRequests } from '../../core/plan/requests.ts';
import type { AttributeId } from '../../core/profile.ts';
import type { ProductRequest } from '../atlassian/connection.ts';
import type { Session } from '../atlassian/sign-in/session.ts';
import type { Bare } from '../kit/guarded.ts';

/** One of the places Jira keeps attributes of a user in; they do not see each other. */
export type Store = {
  /** The administration page that shows an account's attributes; null for a store that uses only REST. */
  readonly page: ((username: string) => ProductRequest) | null;
  /** The store as it reads and writes through a session. */
  readonly over: (session: Session) => Bare;
  /** What it sends for a plan, if every so many accounts are read back. */
  readonly requests: (readBack: number) => CountRequests;
};

/** The key of an attribute in Jira, and back. */
export const keyOf = nameOfId;
export const idOf = (key: string): AttributeId => `userProperty:${key}`;
