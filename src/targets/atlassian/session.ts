import type { Call } from '../../core/call.ts';
import type { ReadSecret } from '../../core/secret.ts';
import { openCookieSession } from './cookie-session.ts';
import { openHeaderSession } from './header-session.ts';
import type { Product } from './product.ts';
import { type Auth, isPasswordAuth } from './settings.ts';
import type { Answer, Wire, WireRequest } from './wire.ts';

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

/** Signs in the way the settings say: with the login page and its session, or with a header on every request. */
export const openSession = (product: Product, wire: Wire, auth: Auth, secret: ReadSecret): Session =>
  isPasswordAuth(auth) && auth.with === 'form'
    ? openCookieSession(product, wire, auth, secret)
    : openHeaderSession(product, wire, auth, secret);
