import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import { graphError, jsonHeaders } from './errors.ts';

const most = 20;
const body = z.object({
  requests: z.array(z.object({ id: z.string(), method: z.string(), url: z.string().startsWith('/') })).min(1),
});

const parse = (request: SandboxRequest) => {
  try {
    return body.safeParse(request.json()).data;
  } catch {
    return undefined;
  }
};

/**
 * `POST /v1.0/$batch` (Graph: JSON batching): up to 20 requests, each answered on its own with 200, 404 or 429, and in
 * another order than they were asked.
 */
export const answerBatch = (
  request: SandboxRequest,
  answer: (one: SandboxRequest) => SandboxResponse,
): SandboxResponse => {
  const asked = parse(request);
  if (asked === undefined) return graphError(400, 'BadRequest', 'Invalid batch payload format.');
  if (asked.requests.length > most) {
    return graphError(400, 'BadRequest', `Number of batch request steps exceeds the maximum value of ${most}.`);
  }
  if (new Set(asked.requests.map(({ id }) => id)).size !== asked.requests.length) {
    return graphError(400, 'BadRequest', 'Each request of a batch must have an id of its own.');
  }
  const responses = asked.requests.map(({ id, method, url }) => {
    const target = new URL(`${request.url.origin}/v1.0${url}`);
    const one = { ...request, method, url: target, path: target.pathname, query: target.searchParams };
    const { status, headers, body: text } = answer(one);
    const plain: unknown = JSON.parse(String(text ?? 'null'));
    return { id, status, headers, body: plain };
  });
  return {
    status: 200,
    headers: jsonHeaders,
    body: JSON.stringify({ responses: responses.reverse() }),
    note: { kind: 'read' },
  };
};
