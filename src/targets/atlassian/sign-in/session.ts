import type { Call } from '../../../core/call.ts';
import type { Attempt, NotAnswered } from '../../kit/attempt.ts';
import type { ProductAnswer, ProductRequest } from '../connection.ts';

/** What became of a request that changes something. */
export type Sending =
  | { readonly came: 'answered'; readonly answer: ProductAnswer }
  | Extract<Attempt, { readonly came: 'turnedAway' }>
  | NotAnswered;

/** Sends requests as the service account. */
export type Session = {
  readonly party: string;
  readonly baseUrl: URL;
  /** The right the service account needs, in the product's own words. */
  readonly right: string;
  /** The service account's own name; null if there is only a token. */
  readonly username: string | null;
  /** The answer to a request of somebody signed in, with an administrator's session where the product asked for it. */
  readonly send: (request: ProductRequest, call: Call) => Promise<ProductAnswer>;
  /**
   * Sends a request that changes something, once: one that is turned away undone waits until the way is free again (a new
   * session, a short wait that was asked for) and is the caller's to repeat, after a new look. Never throws.
   */
  readonly write: (request: ProductRequest, call: Call) => Promise<Sending>;
  /** Ends the session at the product. */
  readonly close: () => Promise<void>;
};
