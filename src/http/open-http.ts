import type { ZodType } from 'zod';
import type { Call } from '../core/call.ts';
import { baseUrlOf, resolveSameOrigin, urlOf } from './addresses.ts';
import { openExchange } from './exchange.ts';
import type { Answer, Http, HttpRequest, HttpSettings } from './http.ts';
import { notJson, parsedText, shaped } from './read-json.ts';

/** Opens the client of one party: signs requests in, once more after a 401, and reads JSON in a given shape. */
export const openHttp = (settings: HttpSettings): Http => {
  const { party, refusalOf, authorize, watch } = settings;
  const baseUrl = baseUrlOf(settings.baseUrl, party);
  const exchange = openExchange(settings);

  const send = async (request: HttpRequest, call: Call): Promise<Answer> => {
    const { route, kind, link } = request;
    const url =
      link === undefined
        ? urlOf(baseUrl, route, request.params, request.query)
        : resolveSameOrigin(link, baseUrl, party);
    const headers = { accept: 'application/json', ...request.headers };
    const outgoing = { method: 'GET', route, isLink: link !== undefined, url, kind } as const;
    const ask = async (signIn: Readonly<Record<string, string>>): Promise<Answer> => {
      const answer = await exchange({ ...outgoing, headers: { ...headers, ...signIn } }, call);
      watch?.({ url, answer });
      return answer;
    };
    const signIn = await authorize({ method: outgoing.method, url }, call, null);
    const answer = await ask(signIn);
    return answer.status === 401 ? ask(await authorize({ method: outgoing.method, url }, call, signIn)) : answer;
  };

  const get = async <T>(request: HttpRequest, schema: ZodType<T>, call: Call) => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await send(request, call);
      if (answer.status !== 200) throw refusalOf(answer);
      const body = parsedText(answer.text);
      if (body !== undefined) return { body: shaped(body, schema, answer, party), answer };
      if (attempt === 1) throw notJson(answer, party);
    }
  };

  return { party, baseUrl, get };
};
