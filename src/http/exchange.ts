import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';
import got, { RequestError, type Response } from 'got';
import type { CookieJar } from 'tough-cookie';
import type { Call, CallKind } from '../core/call.ts';
import { Failure } from '../core/failure.ts';
import { baseUrlOf } from './addresses.ts';
import type { Answer, ThrottleOf } from './http.ts';
import { agentFor } from './proxy.ts';
import { userAgent } from './user-agent.ts';
import { shortWait, throttledByRetryAfter } from './waits.ts';

const usualTimeoutMs = 30_000;
const mostShortWaits = 5;

/** Codes of a connection that was never established, so that nothing was sent over it. */
const neverLeft: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** One request as it goes over the wire, with the name it has in messages. */
export type Outgoing = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly route: string;
  readonly isLink: boolean;
  readonly url: URL;
  readonly kind: CallKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The cookies of one session: sent with the request, and brought up to date by every answer to it. */
  readonly cookies?: CookieJar | undefined;
  /** Never repeated here: a rate limit is reported at once, because the sender must read again before a repeat. */
  readonly once?: boolean | undefined;
};

/** Sends one request and waits out short throttling; network trouble, throttling and 5xx end as `Failure`. */
export type Exchange = (outgoing: Outgoing, call: Call) => Promise<Answer>;

/** Opens the connection to one party: nothing is followed, retried or thrown by status on the way. */
export const openExchange = (settings: {
  readonly party: string;
  readonly baseUrl: string;
  readonly tls?: { readonly ca: { readonly file: string } } | undefined;
  readonly timeoutMs?: number | undefined;
  readonly throttleOf?: ThrottleOf | undefined;
  /** What an admin can do about a limited rate, where it is more than waiting. */
  readonly throttleRemedy?: string | undefined;
}): Exchange => {
  const { party, timeoutMs = usualTimeoutMs, throttleOf = throttledByRetryAfter } = settings;
  const base = baseUrlOf(settings.baseUrl, party);
  const agent = agentFor(base, process.env);
  const client = got.extend({
    ...(agent === null ? {} : { agent }),
    headers: { 'user-agent': userAgent },
    followRedirect: false,
    throwHttpErrors: false,
    ignoreInvalidCookies: true,
    retry: { limit: 0 },
    timeout: { request: timeoutMs },
    ...(settings.tls === undefined ? {} : { https: { certificateAuthority: trusted(settings.tls.ca.file, party) } }),
  });
  const who = party.includes(base.host) ? party : `${party} (${base.host})`;
  const sendOne = async ({ method, url, headers, body, cookies, ...named }: Outgoing, call: Call): Promise<Answer> => {
    call.signal.throwIfAborted();
    const answered = call.count(named.kind);
    let status: number | null = null;
    try {
      const { signal } = call;
      const response = await client(url, {
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body }),
        ...(cookies === undefined ? {} : { cookieJar: cookies }),
        responseType: 'text',
      });
      status = response.statusCode;
      return answerOf({ method, route: named.route, isLink: named.isLink }, response);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof RequestError)) throw error;
      throw new Failure('unavailable', `${who} does not answer ${method} ${named.route} (${error.code}).`, {
        party,
        remedy: 'Check that it is running and that this machine can reach it.',
        ...(neverLeft.has(error.code) ? { unsent: true } : {}),
      });
    } finally {
      answered?.(status);
    }
  };
  return async (outgoing, call) => {
    for (let waits = 0; ; waits += 1) {
      const answer = await sendOne(outgoing, call);
      const trouble = notServing(answer, party, throttleOf, settings.throttleRemedy);
      if (trouble === null) return answer;
      if (waits === mostShortWaits || outgoing.once === true) throw trouble;
      await shortWait(trouble, call, Date.now);
    }
  };
};

const notServing = (
  answer: Answer,
  party: string,
  throttleOf: ThrottleOf,
  throttleRemedy = 'The run continues after the wait it asks for.',
): Failure | null => {
  const { status, request } = answer;
  const throttle = throttleOf(answer, Date.now());
  if (throttle !== null) {
    return new Failure('throttled', `${party} limits the rate of ${request.method} ${request.route}.`, {
      party,
      status,
      waitMs: throttle.waitMs,
      remedy: throttleRemedy,
      ...(status === 504 ? {} : { unsent: true }),
    });
  }
  if (status < 500 || status === 501) return null;
  return new Failure('unavailable', `${party} answers ${status} to ${request.method} ${request.route}.`, {
    party,
    status,
    remedy: 'It may be in maintenance or overloaded.',
  });
};

/**
 * The certificates to trust: those of Node and the environment, and those of the file the document names, which is in
 * the directory of secrets (ATTUNE_SECRETS_DIR) unless its path is absolute.
 */
const trusted = (file: string, party: string): string[] => {
  const remedy = 'Put it below ATTUNE_SECRETS_DIR or give its absolute path, and make it readable for the worker.';
  let text: string;
  try {
    text = readFileSync(resolve(process.env.ATTUNE_SECRETS_DIR ?? '.', file), 'utf8');
  } catch (cause) {
    throw new Failure('config', `The certificate file ${file} for ${party} cannot be read.`, { party, remedy, cause });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return [...getCACertificates('default'), text];
  throw new Failure('config', `The certificate file ${file} for ${party} contains no certificate in PEM.`, {
    party,
    remedy: 'It must contain one or more parts from BEGIN CERTIFICATE to END CERTIFICATE.',
  });
};

const answerOf = (request: Answer['request'], { statusCode, headers, body }: Response<string>): Answer => ({
  request,
  status: statusCode,
  header: (name) => [headers[name]].flat()[0],
  text: body,
});
