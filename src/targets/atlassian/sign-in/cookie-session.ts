import type { CookieJar } from 'tough-cookie';
import type { Call } from '../../../core/call.ts';
import { Failure } from '../../../core/failure.ts';
import type { ReadSecret } from '../../../core/secret.ts';
import { singleFlight } from '../../../http/single-flight.ts';
import { attemptEnded } from '../../kit/attempt.ts';
import { type AnswerClass, classify, refusedToKnown } from '../classify.ts';
import type { Connection, ProductAnswer } from '../connection.ts';
import type { Product } from '../product.ts';
import { sendOnce } from '../send-once.ts';
import { loginPathOf, type PasswordAuth } from '../settings.ts';
import { withXsrf, xsrfOf } from './cookies.ts';
import { isSignedIn, logIn, passwordRefused } from './login.ts';
import { answerPasswordPage } from './password-page.ts';
import type { Refusals } from './refusals.ts';
import type { Session } from './session.ts';

/** How often one request may meet an expired session before the product is said not to keep sessions at all. */
const maxRenewals = 6;
const quietly: Omit<Call, 'signal'> = { deadline: 0, count: () => undefined };

/**
 * One session for all callers of a target. It logs in when first needed, answers the password page when asked, and
 * does both again when either expires; callers who notice the same expiry share one renewal. Each session has its
 * own cookies: what a request of an older session still brings back cannot spoil the newer one.
 */
export const openCookieSession = (
  product: Product,
  connection: Connection,
  auth: PasswordAuth,
  secret: ReadSecret,
  refusals: Refusals,
): Session => {
  let current: CookieJar | null = null;

  const password = async (): Promise<string> => {
    const value = await secret(auth.password);
    if (refusals.refuses(value)) throw passwordRefused(connection.party);
    return value;
  };

  const signIn = async (call: Call): Promise<CookieJar> => {
    const tried = await password();
    const loginPath = loginPathOf(auth, product);
    const jar = await logIn(product, connection, { username: auth.username, password: tried, loginPath }, call);
    if (jar !== null) {
      refusals.clear();
      return jar;
    }
    refusals.note(tried);
    return signIn(call);
  };

  const raise = async (stale: CookieJar, call: Call): Promise<CookieJar> => {
    const tried = await password();
    const jar = await stale.clone();
    const raised = await answerPasswordPage(product, connection, tried, jar, call);
    if (raised === 'raised') return jar;
    if (raised === 'refused') refusals.note(tried);
    return signIn(call);
  };

  const renewal = singleFlight<CookieJar>();
  const renewed = (stale: CookieJar | null, wanted: 'login' | 'password', call: Call): Promise<CookieJar> =>
    renewal(async (shared) => {
      if (current !== null && current !== stale) return current;
      current = stale === null || wanted === 'login' ? await signIn(shared) : await raise(stale, shared);
      return current;
    }, call);

  const wantedBy = async (
    answer: ProductAnswer,
    jar: CookieJar,
    call: Call,
  ): Promise<Exclude<AnswerClass, 'unsure'>> => {
    const found = classify(product, connection, answer);
    if (found !== 'unsure') return found;
    return (await isSignedIn(product, connection, jar, call)) ? refusedToKnown(product, connection, answer) : 'login';
  };

  return {
    party: connection.party,
    baseUrl: connection.baseUrl,
    right: product.adminRight,
    username: auth.username,
    send: async (request, call) => {
      let jar = current ?? (await renewed(null, 'login', call));
      for (let renewals = 0; renewals <= maxRenewals; renewals += 1) {
        const answer = await connection.send(withXsrf(request, xsrfOf(jar, connection.baseUrl)), jar, call);
        const wanted = await wantedBy(answer, jar, call);
        if (wanted === 'fine') return answer;
        jar = await renewed(jar, wanted, call);
      }
      throw sessionNotKept(connection.party);
    },
    write: async (request, call) => {
      let jar: CookieJar;
      try {
        jar = current ?? (await renewed(null, 'login', call));
      } catch (why) {
        return { came: 'unsent', why };
      }
      const marked = { ...withXsrf(request, xsrfOf(jar, connection.baseUrl)), once: true };
      const sent = await sendOnce(() => connection.send(marked, jar, call), call);
      if (sent.came !== 'answered') return sent;
      let wanted: Exclude<AnswerClass, 'unsure'>;
      try {
        wanted = await wantedBy(sent.answer, jar, call);
      } catch (why) {
        return attemptEnded(why);
      }
      if (wanted === 'fine') return sent;
      try {
        await renewed(jar, wanted, call);
      } catch (why) {
        return { came: 'unsent', why };
      }
      return { came: 'turnedAway', why: sessionNotKept(connection.party) };
    },
    close: async () => {
      const jar = current;
      current = null;
      if (jar === null) return;
      const call = { ...quietly, signal: AbortSignal.timeout(3000) };
      await connection.send(product.logout(xsrfOf(jar, connection.baseUrl)), jar, call).catch(() => undefined);
    },
  };
};

const sessionNotKept = (party: string): Failure =>
  new Failure('unavailable', `${party}: the product keeps forgetting the session.`, {
    party,
    remedy: 'Behind a load balancer, enable sticky sessions by cookie.',
  });
