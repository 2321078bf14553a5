import { urlOf } from '../../http/addresses.ts';
import { openExchange } from '../../http/exchange.ts';
import { withCircuit } from './circuit.ts';
import type { Wire, WireRequest } from './wire.ts';

const accept = 'text/html, application/json';

/**
 * Opens the connection to a product, over the one HTTP client; each request brings the cookies of its session. `wire` leaves
 * a product alone that is down; `anyway` asks it all the same, for somebody who wants to know.
 */
export const openWire = (
  settings: { url: string; tls?: { ca: { file: string } } | undefined },
  product: string,
): { readonly wire: Wire; readonly anyway: Wire } => {
  const baseUrl = new URL(`${settings.url}/`);
  const party = `${product} (${baseUrl.host})`;
  const exchange = openExchange({
    party,
    baseUrl: settings.url,
    tls: settings.tls,
    throttleRemedy: 'Exempt the service account from rate limiting, or lower inFlight.',
  });
  const anyway: Wire = {
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
  return { wire: withCircuit(anyway), anyway };
};

const bodyOf = ({ form, json }: WireRequest): { readonly type: string | null; readonly body: string | undefined } => {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() };
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) };
  return { type: null, body: undefined };
};
