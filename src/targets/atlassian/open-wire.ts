import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import got, { type OptionsOfTextResponseBody, RequestError, type Response } from 'got';
import type { CookieJar } from 'tough-cookie';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import { notServing } from './not-serving.ts';
import { agentFor } from './proxy.ts';
import type { Answer, Wire, WireRequest } from './wire.ts';

const timeoutMs = 30_000;
const longestShortWaitMs = 3000;
const leastWaitMs = 50;
const mostShortWaits = 5;

/** Opens the connection to a product: nothing is retried, followed or thrown by status here. */
export const openWire = (
  settings: { url: string; tls?: { ca: { file: string } } | undefined },
  product: string,
): Wire => {
  const baseUrl = new URL(`${settings.url}/`);
  const party = `${product} (${baseUrl.host})`;
  const agent = agentFor(baseUrl, process.env);
  const client = got.extend({
    ...(agent === null ? {} : { agent }),
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs },
    decompress: true,
    ...(settings.tls === undefined
      ? {}
      : { https: { certificateAuthority: readFileSync(settings.tls.ca.file, 'utf8') } }),
  });
  const once = async (request: WireRequest, cookies: CookieJar, call: Call): Promise<Answer> => {
    const url = urlOf(settings.url, request);
    const cookie = cookies.getCookieStringSync(url.href);
    call.signal.throwIfAborted();
    call.count(request.kind);
    const response = await sent(() => client(url, optionsOf(request, cookie, call.signal)), request, call, party);
    for (const line of response.headers['set-cookie'] ?? []) {
      cookies.setCookieSync(line, url.href, { ignoreError: true });
    }
    return answerOf(request, response);
  };

  return {
    party,
    baseUrl,
    send: async (request, cookies, call) => {
      for (let waits = 0; ; waits += 1) {
        const answer = await once(request, cookies, call);
        const trouble = notServing(answer, party);
        if (trouble === null) return answer;
        if (waits === mostShortWaits) throw trouble;
        await shortWait(trouble, call);
      }
    },
  };
};

/** Waits in place what is soon over; a longer wait is the caller's, who can do something else meanwhile. */
const shortWait = async (trouble: Failure, call: Call): Promise<void> => {
  const { waitMs } = trouble.facts;
  if (trouble.kind !== 'throttled' || waitMs === undefined || waitMs > longestShortWaitMs) throw trouble;
  if (Date.now() + waitMs > call.deadline) throw trouble;
  await setTimeout(Math.max(waitMs, leastWaitMs), undefined, { signal: call.signal });
};

const urlOf = (base: string, { route, params = {}, query = {} }: WireRequest): URL => {
  const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const url = new URL(`${base}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

const optionsOf = (
  { method, form, json, headers }: WireRequest,
  cookie: string,
  signal: AbortSignal,
): OptionsOfTextResponseBody => ({
  method,
  signal,
  headers: { accept: 'text/html, application/json', ...headers, ...(cookie === '' ? {} : { cookie }) },
  ...(form === undefined ? {} : { form }),
  ...(json === undefined ? {} : { json }),
});

const sent = async (
  pending: () => Promise<Response<string>>,
  request: WireRequest,
  call: Call,
  party: string,
): Promise<Response<string>> => {
  try {
    return await pending();
  } catch (error) {
    call.signal.throwIfAborted();
    if (!(error instanceof RequestError)) throw error;
    throw new Failure('unavailable', `${party} does not answer ${request.method} ${request.route} (${error.code}).`, {
      party,
      remedy: 'Check that it is running and that this machine can reach it.',
    });
  }
};

const answerOf = (request: WireRequest, { statusCode, headers, body }: Response<string>): Answer => ({
  request,
  status: statusCode,
  header: (name) => [headers[name]].flat()[0],
  text: body,
});
