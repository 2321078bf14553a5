import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import { badRequest, graphError, jsonHeaders, Refusal } from './errors.ts';
import { readExpand, withManager } from './expand.ts';
import { readFilter } from './filter.ts';
import { project, readSelect } from './select.ts';

/** How the listing behaves beyond the rules: a life for cursors, and empty pages in between. */
export type ListOptions = { cursorLife?: number | undefined; emptyPageEvery?: number | undefined };

const cursorSchema = z.object({
  position: z.number(),
  login: z.string(),
  query: z.string(),
  at: z.number(),
  page: z.number(),
});
const allowed = new Set(['$select', '$top', '$filter', '$expand', '$count', '$skiptoken']);

const pageSize = (top: string | null): number => {
  if (top === null) return 100;
  const size = Number(top);
  if (!/^\d+$/.test(top) || size < 1 || size > 999)
    throw new Refusal(badRequest(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`));
  return size;
};

const fingerprint = (request: SandboxRequest): string => {
  const pairs = [...request.query].filter(([name]) => name !== '$skiptoken').sort(([a], [b]) => a.localeCompare(b));
  const text = JSON.stringify([pairs, request.headers.consistencylevel ?? '']);
  return createHash('sha256').update(text).digest('base64url');
};

const readCursor = (token: string | null, query: string, now: number, { cursorLife }: ListOptions) => {
  if (token === null) return { position: Number.NEGATIVE_INFINITY, page: 0 };
  let cursor: z.infer<typeof cursorSchema>;
  try {
    cursor = cursorSchema.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    throw new Refusal(badRequest('Skip token is invalid.'));
  }
  if (cursor.query !== query) throw new Refusal(badRequest('Skip token does not match the query.'));
  if (cursorLife !== undefined && now - cursor.at > cursorLife)
    throw new Refusal(
      graphError(
        400,
        'Directory_ExpiredPageToken',
        'The specified page token value has expired and can no longer be included in your request.',
      ),
    );
  return cursor;
};

/** `GET /v1.0/users` (Graph: list users, paging): opaque links on the own origin, bound to the query that began them. */
export const listUsers = (
  directory: Directory,
  request: SandboxRequest,
  now: number,
  options: ListOptions,
): SandboxResponse => {
  const { query } = request;
  for (const name of query.keys())
    if (name.startsWith('$') && !allowed.has(name))
      throw new Refusal(badRequest(`The query parameter '${name}' is not supported.`));
  const advanced = request.headers.consistencylevel === 'eventual' && query.get('$count') === 'true';
  const names = readSelect(query.get('$select'), 'collection');
  const managerNames = readExpand(query.get('$expand'));
  const keep = readFilter(query.get('$filter'), advanced);
  const asked = pageSize(query.get('$top'));
  const size = Math.min(asked, managerNames === undefined ? 999 : 100, names.includes('signInActivity') ? 500 : 999);
  const bound = fingerprint(request);
  const cursor = readCursor(query.get('$skiptoken'), bound, now, options);
  const page = cursor.page + 1;
  const empty = options.emptyPageEvery !== undefined && page % options.emptyPageEvery === 0;
  const found = empty ? [] : directory.after(cursor.position, size, keep);
  const last = found.at(-1);
  const position = last?.position ?? cursor.position;
  const more = empty || directory.after(position, 1, keep).length > 0;
  const next = new URL(request.url);
  next.searchParams.set(
    '$skiptoken',
    Buffer.from(
      JSON.stringify({
        position: Number.isFinite(position) ? position : -1e15,
        login: last?.person.userPrincipalName ?? '',
        query: bound,
        at: now,
        page,
      }),
    ).toString('base64url'),
  );
  const count =
    advanced && !query.has('$skiptoken') ? { '@odata.count': [...directory.all()].filter(keep).length } : {};
  return {
    status: 200,
    headers: jsonHeaders,
    body: JSON.stringify({
      '@odata.context': `${request.url.origin}/v1.0/$metadata#users(${names.join(',')})`,
      ...count,
      ...(more ? { '@odata.nextLink': next.href } : {}),
      value: found.map(({ person }) =>
        withManager(project(person, names), managerNames, directory.managerOf(person.id)),
      ),
    }),
    note: { kind: 'listing' },
  };
};
