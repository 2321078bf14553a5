import type { Call } from '../core/call.ts';
import type { Exchange } from './exchange.ts';

/** What oauth4webapi hands its `customFetch`. */
type FetchInit = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/**
 * A fetch over the one HTTP client, for oauth4webapi's `customFetch`: its token requests are counted as logins, ended
 * by the call, and named by `route` in messages. Headers are those an OAuth answer is judged by.
 */
export const fetchOver =
  (exchange: Exchange, route: string, call: Call) =>
  async (url: string, { headers, body }: FetchInit): Promise<Response> => {
    const text = body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : undefined;
    const named = { method: 'POST', route, isLink: false, kind: 'login' } as const;
    // Requests go out in our own name, the sign-ins too.
    const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'user-agent'));
    const answer = await exchange({ ...named, url: new URL(url), headers: sent, body: text }, call);
    const kept = judgedHeaders.flatMap((name) => {
      const value = answer.header(name);
      return value === undefined ? [] : [[name, value] satisfies [string, string]];
    });
    return new Response(answer.text === '' ? null : answer.text, { status: answer.status, headers: kept });
  };

const judgedHeaders = ['content-type', 'www-authenticate', 'dpop-nonce'];
