import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { LogEntry } from '../world/change-log.ts';
import type { Directory } from '../world/directory.ts';
import { badRequest, graphError, jsonHeaders, Refusal } from './errors.ts';
import { project, readSelect } from './select.ts';
import { readToken, writeToken } from './token-text.ts';

const tokenLife = 7 * 24 * 3_600_000;

/** A token stands for its query, as Graph's does, and a link with it names nothing else; `position` is set while everybody is enumerated, `seq` is the place in the changes. */
const tokenSchema = z.object({
  query: z.string(),
  position: z.number().nullable(),
  seq: z.number(),
  page: z.number(),
  last: z.string().nullable(),
  at: z.number(),
});
type Token = z.infer<typeof tokenSchema>;

const readNames = (select: string | null): string[] => {
  const tracked = (select ?? '').split(',').filter((name) => name !== 'manager');
  const names = readSelect(tracked.join(','), 'collection');
  return [...new Set(['id', ...names, ...((select ?? '').split(',').includes('manager') ? ['manager'] : [])])];
};

/** The queries that tokens were given for, by their hash. */
type Queries = Map<string, string[]>;

const remember = (queries: Queries, names: string[]): string => {
  const key = createHash('sha256').update(names.join()).digest('base64url');
  queries.set(key, names);
  return key;
};

const begin = (request: SandboxRequest, directory: Directory, now: number, queries: Queries): Token => {
  const { query } = request;
  for (const name of query.keys())
    if (name !== '$select' && name !== '$deltatoken')
      throw new Refusal(badRequest(`The query parameter '${name}' is not supported with change tracking.`));
  const latest = query.get('$deltatoken') === 'latest';
  return {
    query: remember(queries, readNames(query.get('$select'))),
    position: latest ? null : -1e15,
    seq: directory.log.end(),
    page: 0,
    last: null,
    at: now,
  };
};

const resume = (request: SandboxRequest, now: number, reset: boolean): Token => {
  const { query } = request;
  const given = query.get('$deltatoken') ?? query.get('$skiptoken') ?? '';
  const token = readToken(given, tokenSchema);
  if (token === undefined || [...query.keys()].length !== 1) throw new Refusal(badRequest('Badly formed token.'));
  if (reset) {
    const location = new URL(request.path, request.url);
    location.search = `?$deltatoken=`;
    throw new Refusal(
      graphError(410, 'resyncRequired', 'Resync required. Replace any local items with the server version.', {
        location: location.href,
      }),
    );
  }
  if (now - token.at > tokenLife)
    throw new Refusal(
      graphError(400, 'syncStateNotFound', 'The sync state generation is not found; a full sync is required.'),
    );
  return token;
};

/** What an edit shows a query: nothing when it tracks none of the attributes. */
const shownChange = (
  directory: Directory,
  names: readonly string[],
  { id, attributes, gone }: Omit<LogEntry, 'at'>,
): object[] => {
  if (gone !== undefined) return [{ id, '@removed': { reason: gone } }];
  const person = directory.find(id);
  if (person === undefined) return [];
  const changed = names.filter((name) => attributes === 'all' || attributes.has(name));
  if (changed.length === 0) return [];
  const shown = project(person, ['id', ...changed.filter((name) => name !== 'manager')]);
  if (!changed.includes('manager')) return [shown];
  const manager = directory.managerOf(id);
  return manager === undefined
    ? [shown]
    : [{ ...shown, 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: manager.id }] }];
};

type Items = { value: object[]; behind: Partial<Token> };
type DeltaOptions = { deltaPage: number; deltaReset: boolean; emptyPageEvery?: number | undefined };

/**
 * `GET /v1.0/users/delta` (Graph: user delta): everybody, then what changed, then a link for the next time. Pages begin
 * with a replay of the last item of the page before, and a person changed twice comes twice.
 */
export const createChanges = (directory: Directory) => {
  const queries: Queries = new Map();
  const itemsOf = (token: Token, names: readonly string[], pageSize: number): Items => {
    if (token.position !== null) {
      const found = directory.after(token.position, pageSize, () => true);
      const last = found.at(-1);
      return {
        value: found.flatMap(({ person }) => shownChange(directory, names, { id: person.id, attributes: 'all' })),
        behind: {
          position: found.length < pageSize ? null : (last?.position ?? null),
          last: last?.person.id ?? null,
        },
      };
    }
    const { entries, next } = directory.log.read(token.seq, pageSize);
    const value = entries.flatMap((entry) => shownChange(directory, names, entry));
    return { value, behind: { seq: next, last: entries.at(-1)?.id ?? null } };
  };
  return (request: SandboxRequest, now: number, options: DeltaOptions): SandboxResponse => {
    const { query } = request;
    const isNew = !query.has('$skiptoken') && (!query.has('$deltatoken') || query.get('$deltatoken') === 'latest');
    const token = isNew ? begin(request, directory, now, queries) : resume(request, now, options.deltaReset);
    const names = queries.get(token.query);
    if (names === undefined) throw new Refusal(badRequest('Badly formed token.'));
    const page = token.page + 1;
    const empty = options.emptyPageEvery !== undefined && page % options.emptyPageEvery === 0;
    const { value, behind }: Items = empty ? { value: [], behind: {} } : itemsOf(token, names, options.deltaPage);
    const next: Token = { ...token, ...behind, page, at: now };
    const replayed = token.last === null || empty ? undefined : directory.find(token.last);
    if (replayed !== undefined)
      value.unshift(
        project(
          replayed,
          names.filter((name) => name !== 'manager'),
        ),
      );
    const more = empty || next.position !== null || next.seq < directory.log.end();
    const link = new URL(request.path, request.url);
    const given = writeToken(more ? next : { ...next, page: 0, last: null });
    link.search = `?${more ? '$skiptoken' : '$deltatoken'}=${given}`;
    return {
      status: 200,
      headers: jsonHeaders,
      body: JSON.stringify({
        '@odata.context': `${request.url.origin}/v1.0/$metadata#users(${names.join(',')})`,
        [more ? '@odata.nextLink' : '@odata.deltaLink']: link.href,
        value,
      }),
      note: { kind: 'listing' },
    };
  };
};
