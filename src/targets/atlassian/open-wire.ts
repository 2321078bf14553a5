import { readFileSync } from 'node:fs';
import got, { type OptionsOfTextResponseBody, RequestError, type Response } from 'got';
import type { Call } from '../../core/call.ts';
import { Failure } from '../../core/failure.ts';
import { notServing } from './not-serving.ts';
import type { Answer, Wire, WireRequest } from './wire.ts';

const timeoutMs = 30_000;

/** Opens the connection to a product: nothing is retried, followed or thrown by status here. */
export const openWire = (
  settings: { url: string; tls?: { ca: { file: string } } | undefined },
  product: string,
): Wire => {
  const baseUrl = new URL(`${settings.url}/`);
  const party = `${product} (${baseUrl.host})`;
  const client = got.extend({
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: { request: timeoutMs },
    decompress: true,
    ...(settings.tls === undefined
      ? {}
      : { https: { certificateAuthority: readFileSync(settings.tls.ca.file, 'utf8') } }),
  });
  return {
    party,
    baseUrl,
    send: async (request, cookies, call) => {
      const url = urlOf(settings.url, request);
      const cookie = cookies.getCookieStringSync(url.href);
      call.signal.throwIfAborted();
      call.count(request.kind);
      const response = await sent(() => client(url, optionsOf(request, cookie, call.signal)), request, call, party);
      for (const line of response.headers['set-cookie'] ?? []) {
        cookies.setCookieSync(line, url.href, { ignoreError: true });
      }
      const answer = answerOf(request, response);
      const trouble = notServing(answer, party);
      if (trouble !== null) throw trouble;
      return answer;
    },
  };
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
