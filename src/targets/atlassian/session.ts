import type { Call } from '../../core/call.ts';
import type { Answer, WireRequest } from './wire.ts';

/** Sends requests as the service account. */
export type Session = {
  readonly party: string;
  readonly baseUrl: URL;
  /** The right the service account needs, in the product's own words. */
  readonly right: string;
  /** The service account's own name; null when only a token stands for it. */
  readonly username: string | null;
  /** The answer to a request of somebody signed in, with an administrator's session where the product asked for it. */
  readonly send: (request: WireRequest, call: Call) => Promise<Answer>;
  /** Ends the session at the product. */
  readonly close: () => Promise<void>;
};
