import type { Call } from '../../../core/call.ts';
import { Failure } from '../../../core/failure.ts';
import type { ReadSecret } from '../../../core/secret.ts';
import { attemptEnded } from '../../kit/attempt.ts';
import { isAnonymous, refusalOf } from '../answers.ts';
import { classify, refusedToKnown } from '../classify.ts';
import type { Connection, ProductAnswer, ProductRequest } from '../connection.ts';
import { loginUnanswered } from '../failures.ts';
import type { Product } from '../product.ts';
import { sendOnce } from '../send-once.ts';
import { type Auth, isPasswordAuth } from '../settings.ts';
import { newJar, withXsrf } from './cookies.ts';
import { passwordRefused } from './login.ts';
import type { Refusals } from './refusals.ts';
import type { Sending, Session } from './session.ts';

/**
 * Signs every request separately: with a personal access token, or with user name and password (Basic). The products
 * drop the session after such a request, so no cookie is kept. A refused secret is read again at once and, while it is
 * the same, not sent before a wait; a bad token is answered as anonymous, not as an error.
 */
export const openHeaderSession = (
  product: Product,
  connection: Connection,
  auth: Auth,
  secret: ReadSecret,
  refusals: Refusals,
): Session => {
  const reference = isPasswordAuth(auth) ? auth.password : auth.token;
  const refusal = isPasswordAuth(auth) ? passwordRefused(connection.party) : tokenRefused(connection.party);

  const accepted = async (): Promise<string> => {
    const value = await secret(reference);
    if (refusals.refuses(value)) throw refusal;
    return value;
  };
  const sendWith = (value: string, request: ProductRequest, call: Call): Promise<ProductAnswer> => {
    const headers = { ...request.headers, authorization: authorization(auth, value) };
    return connection.send(withXsrf({ ...request, headers }, ''), newJar(), call);
  };
  const asMe = (value: string, call: Call): Promise<ProductAnswer> => sendWith(value, product.whoAmI, call);
  const isNobody = (answer: ProductAnswer): boolean =>
    answer.status === 401 || answer.status === 403 || isAnonymous(answer) || product.saysNobody(answer);

  const isFine = async (answer: ProductAnswer, value: string, call: Call): Promise<boolean> => {
    if (refusalOf(answer) === 'basicOff') throw basicOff(connection.party);
    const found = classify(product, connection, answer);
    if (found === 'password') throw needsForm(product, connection.party);
    if (found !== 'unsure') return found === 'fine';
    return !isNobody(await asMe(value, call)) && refusedToKnown(product, connection, answer) === 'fine';
  };
  /** An anonymous answer alone refuses nothing: a directory may be away. Asked who it is, the product says so or not. */
  const noteRefusal = async (value: string, answer: ProductAnswer, call: Call): Promise<void> => {
    const asked = answer.status === 401 ? answer : await asMe(value, call);
    const saysSo = asked.status === 401 || asked.status === 403 || product.saysNobody(asked);
    if (!saysSo) throw loginUnanswered(connection.party, answer);
    refusals.note(value);
  };

  const send = async (request: ProductRequest, call: Call): Promise<ProductAnswer> => {
    const value = await accepted();
    const answer = await sendWith(value, request, call);
    if (await isFine(answer, value, call)) {
      refusals.clear();
      return answer;
    }
    await noteRefusal(value, answer, call);
    return send(request, call);
  };
  const write = async (request: ProductRequest, call: Call): Promise<Sending> => {
    let value: string;
    try {
      value = await accepted();
    } catch (why) {
      return { came: 'unsent', why };
    }
    const sent = await sendOnce(() => sendWith(value, { ...request, once: true }, call), call);
    if (sent.came !== 'answered') return sent;
    try {
      if (await isFine(sent.answer, value, call)) return sent;
    } catch (why) {
      return attemptEnded(why);
    }
    try {
      await noteRefusal(value, sent.answer, call);
      await accepted();
      return { came: 'turnedAway', why: refusal };
    } catch (why) {
      return { came: 'unsent', why };
    }
  };
  return {
    party: connection.party,
    baseUrl: connection.baseUrl,
    right: product.adminRight,
    username: isPasswordAuth(auth) ? auth.username : null,
    send,
    write,
    close: () => Promise.resolve(),
  };
};

const authorization = (auth: Auth, value: string): string =>
  isPasswordAuth(auth) ? `Basic ${Buffer.from(`${auth.username}:${value}`).toString('base64')}` : `Bearer ${value}`;

const tokenRefused = (party: string): Failure =>
  new Failure('auth', `${party}: the personal access token is refused; the product treats its requests as anonymous.`, {
    party,
    unsent: true,
    remedy:
      'Create a new token as the service account and put it into the secret that auth.token names. A changed secret is tried at once, the same one after 15 minutes.',
  });

const basicOff = (party: string): Failure =>
  new Failure('config', `${party}: the product has Basic authentication switched off.`, {
    party,
    unsent: true,
    remedy: 'Remove auth.with so that Attune signs in through the login page, or allow-list the service account.',
  });

const needsForm = (product: Product, party: string): Failure =>
  new Failure(
    'config',
    `${party}: ${product.name} wants the password confirmed, which needs a login through its page.`,
    {
      party,
      unsent: true,
      remedy:
        'Remove auth.with so that Attune signs in through the login page, or disable secure administrator sessions.',
    },
  );
