import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import type { ReadSecret } from '../../core/secret.ts';
import { attemptEnded } from '../kit/attempt.ts';
import { refusalOf } from './answers.ts';
import { newJar, withXsrf } from './cookies.ts';
import { judge } from './judge.ts';
import { passwordRefused } from './login.ts';
import type { Product } from './product.ts';
import { sendOnce } from './send-once.ts';
import type { Sending, Session } from './session.ts';
import { type Auth, isPasswordAuth } from './settings.ts';
import type { Answer, Wire, WireRequest } from './wire.ts';

/**
 * Signs every request by itself: with a personal access token, or with user name and password (Basic). The products
 * drop the session after such a request, so no cookie is kept. A refused secret is read again once, and never sent a
 * second time while it is the same; a bad token answers as anonymous, not as an error.
 */
export const openHeaderSession = (product: Product, wire: Wire, auth: Auth, secret: ReadSecret): Session => {
  const reference = isPasswordAuth(auth) ? auth.password : auth.token;
  const refusal = isPasswordAuth(auth) ? passwordRefused(wire.party) : tokenRefused(wire.party);
  let refused: string | null = null;

  const accepted = async (): Promise<string> => {
    const value = await secret(reference);
    if (value === refused) throw refusal;
    return value;
  };
  const sendWith = (value: string, request: WireRequest, call: Call): Promise<Answer> => {
    const headers = { ...request.headers, authorization: authorization(auth, value) };
    return wire.send(withXsrf({ ...request, headers }, ''), newJar(), call);
  };
  const isFine = (answer: Answer): boolean => {
    if (refusalOf(answer) === 'basicOff') throw basicOff(wire.party);
    const verdict = judge(product, wire, answer);
    if (verdict === 'password') throw needsForm(product, wire.party);
    return verdict === 'fine';
  };

  const send = async (request: WireRequest, call: Call): Promise<Answer> => {
    const value = await accepted();
    const answer = await sendWith(value, request, call);
    if (isFine(answer)) return answer;
    refused = value;
    return send(request, call);
  };
  const write = async (request: WireRequest, call: Call): Promise<Sending> => {
    let value: string;
    try {
      value = await accepted();
    } catch (why) {
      return { came: 'unsent', why };
    }
    const sent = await sendOnce(() => sendWith(value, { ...request, once: true }, call), call);
    if (sent.came !== 'answered') return sent;
    try {
      if (isFine(sent.answer)) return sent;
      refused = value;
      await accepted();
      return { came: 'turnedAway', why: refusal };
    } catch (why) {
      return attemptEnded(why);
    }
  };
  return {
    party: wire.party,
    baseUrl: wire.baseUrl,
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
    remedy: 'Make a new token as the service account and put it into the secret that auth.token names.',
  });

const basicOff = (party: string): Failure =>
  new Failure('config', `${party}: the product has Basic authentication switched off.`, {
    party,
    unsent: true,
    remedy: 'Leave out auth.with, so that Attune signs in by the login page; or allow-list the service account.',
  });

const needsForm = (product: Product, party: string): Failure =>
  new Failure('config', `${party}: ${product.name} wants the password confirmed, which needs a login by its page.`, {
    party,
    unsent: true,
    remedy:
      'Leave out auth.with, so that Attune signs in by the login page; or switch secure administrator sessions off.',
  });
