import { z } from 'zod';
import type { SandboxRequest, SandboxResponse, Service } from '../service.ts';

const evidence = z.object({
  kind: z.enum(['entra', 'okta', 'google', 'jira', 'confluence']),
  account: z.string(),
  exchanges: z.array(
    z.object({
      request: z.object({ method: z.string(), path: z.string() }),
      answer: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
    }),
  ),
});

/** Where the identity providers issue tokens: what is exchanged there is in no evidence. */
const tokenPath = /^\/([^/]+\/oauth2\/v2\.0\/token|token)$/;
const issued: SandboxResponse = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ access_token: 'replayed', token_type: 'Bearer', expires_in: 3_600 }),
  note: { kind: 'login' },
};

/** Links of an identity provider lead to the provider itself. */
const at = (answer: SandboxResponse, origin: string): SandboxResponse => ({
  ...answer,
  headers: Object.fromEntries(
    Object.entries(answer.headers ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('http://source.invalid', origin) : value,
    ]),
  ),
  body: String(answer.body ?? '').replaceAll('http://source.invalid', origin),
});

/** What is asked, however its query is encoded. */
const keyOf = (method: string, { pathname, searchParams }: URL): string => `${method} ${pathname}?${searchParams}`;

/**
 * A stand-in that answers as a product did whose evidence an admin has saved: request by request, in the same
 * order; `unknown` are the requests it holds no answer to.
 */
export const createReplay = (
  given: unknown,
): { service: Service; account: string; unknown: () => readonly string[] } => {
  const unknown: string[] = [];
  const { kind, account, exchanges } = evidence.parse(given);
  const waiting = new Map<string, SandboxResponse[]>();
  for (const { request, answer } of exchanges) {
    const key = keyOf(request.method, new URL(request.path, 'http://replay.invalid'));
    waiting.set(key, [...(waiting.get(key) ?? []), { ...answer, note: { kind: 'other' } }]);
  }
  const handle = ({ method, url }: SandboxRequest): SandboxResponse => {
    if (method === 'POST' && tokenPath.test(url.pathname)) return issued;
    const answers = waiting.get(keyOf(method, url));
    if (answers === undefined) {
      unknown.push(keyOf(method, url));
      return { status: 501, body: 'The evidence has no such request.', note: { kind: 'other' } };
    }
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers;
    return next === undefined ? { status: 501, note: { kind: 'other' } } : at(next, url.origin);
  };
  return { service: { name: kind, handle }, account, unknown: () => unknown };
};
