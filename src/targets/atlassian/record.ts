import { urlOf } from '../../http/addresses.ts';
import type { Answer, Wire } from './wire.ts';

/** An answer with the path it was asked under, query and all. */
export type Recorded = { readonly path: string; readonly answer: Answer };

/** Keeps every answer of a connection; what never came is not among them. */
export const recording = (wire: Wire): { readonly wire: Wire; readonly seen: readonly Recorded[] } => {
  const seen: Recorded[] = [];
  return {
    seen,
    wire: {
      ...wire,
      send: async (request, cookies, call) => {
        const answer = await wire.send(request, cookies, call);
        const url = urlOf(wire.baseUrl, request.route, request.params, request.query);
        const context = wire.baseUrl.pathname.replace(/\/$/, '');
        seen.push({ path: `${url.pathname.slice(context.length)}${url.search}`, answer });
        return answer;
      },
    },
  };
};
