import type { ReadSecret } from '../../../core/secret.ts';
import type { Connection } from '../connection.ts';
import type { Product } from '../product.ts';
import { type Auth, isPasswordAuth } from '../settings.ts';
import { openCookieSession } from './cookie-session.ts';
import { openHeaderSession } from './header-session.ts';
import type { Refusals } from './refusals.ts';
import type { Session } from './session.ts';

/** Signs in the way the settings say: with the login page and its session, or with a header on every request. */
export const openSession = (
  product: Product,
  connection: Connection,
  auth: Auth,
  secret: ReadSecret,
  refusals: Refusals,
): Session =>
  isPasswordAuth(auth) && auth.with === 'form'
    ? openCookieSession(product, connection, auth, secret, refusals)
    : openHeaderSession(product, connection, auth, secret, refusals);
