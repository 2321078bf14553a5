import { urlOf } from '../../../http/addresses.ts';
import type { Connection, ProductAnswer } from '../connection.ts';

/** An answer with the path it was asked under, query and all. */
export type Recorded = { readonly path: string; readonly answer: ProductAnswer };

/** Keeps every answer of a connection; what never came is not among them. */
export const recording = (
  connection: Connection,
): { readonly connection: Connection; readonly seen: readonly Recorded[] } => {
  const seen: Recorded[] = [];
  return {
    seen,
    connection: {
      ...connection,
      send: async (request, cookies, call) => {
        const answer = await connection.send(request, cookies, call);
        const url = urlOf(connection.baseUrl, request.route, request.params, request.query);
        const context = connection.baseUrl.pathname.replace(/\/$/, '');
        seen.push({ path: `${url.pathname.slice(context.length)}${url.search}`, answer });
        return answer;
      },
    },
  };
};
