import { urlOf } from '../../http/addresses.ts';
import { openExchange } from '../../http/exchange.ts';
import { withCircuit } from '../kit/circuit.ts';
import type { Connection, ProductRequest } from './connection.ts';

const accept = 'text/html, application/json';

/**
 * Opens the connection to a product, over the one HTTP client; each request carries the cookies of its session.
 * `connection` sends nothing to a product that is down; `anyway` does so nevertheless, for a check.
 */
export const openConnection = (
  settings: { url: string; tls?: { ca: { file: string } } | undefined },
  product: string,
): { readonly connection: Connection; readonly anyway: Connection } => {
  const baseUrl = new URL(`${settings.url}/`);
  const party = `${product} (${baseUrl.host})`;
  const exchange = openExchange({
    party,
    baseUrl: settings.url,
    tls: settings.tls,
    throttleRemedy: 'Exempt the service account from rate limiting, or lower inFlight.',
  });
  const anyway: Connection = {
    party,
    baseUrl,
    send: async (request, cookies, call) => {
      const { method, route, kind, params, query, once } = request;
      const { type, body } = bodyOf(request);
      const headers = { accept, ...(type === null ? {} : { 'content-type': type }), ...request.headers };
      const url = urlOf(baseUrl, route, params, query);
      const answer = await exchange({ method, route, isLink: false, url, kind, headers, body, cookies, once }, call);
      return { request, status: answer.status, header: answer.header, text: answer.text };
    },
  };
  return { connection: { ...anyway, send: withCircuit(party, anyway.send) }, anyway };
};

const bodyOf = ({
  form,
  json,
}: ProductRequest): { readonly type: string | null; readonly body: string | undefined } => {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  return { type: null, body: undefined };
};
