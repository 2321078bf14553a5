import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Person } from '../world/types.ts';
import { badRequest, graphError, jsonHeaders, Refusal, unsupportedQuery } from './errors.ts';
import { project, readSelect } from './select.ts';
import { readToken, writeToken } from './token-text.ts';

const route = /^groups\/([^/]+)\/(members|transitiveMembers)(\/microsoft\.graph\.user)?$/;
const tokenSchema = z.object({ from: z.number() });

/** Whether a path asks for the members of a group. */
export const asksMembers = (rest: string): boolean => route.test(rest);

const sizeOf = (top: string | null): number => {
  const size = Number(top ?? 100);
  if (!Number.isInteger(size) || size < 1 || size > 999)
    throw new Refusal(badRequest(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`));
  return size;
};

const kindOf = (person: Person | undefined) =>
  person === undefined ? '#microsoft.graph.group' : '#microsoft.graph.user';

/** A page of members or reports: the shape all listings of directory objects share. */
export const pageOfObjects = (
  directory: Directory,
  request: SandboxRequest,
  ids: readonly string[],
  cast: boolean,
): SandboxResponse => {
  const names = readSelect(request.query.get('$select'), 'collection');
  const size = sizeOf(request.query.get('$top'));
  const token = request.query.get('$skiptoken');
  const from = token === null ? 0 : readToken(token, tokenSchema)?.from;
  if (from === undefined) throw new Refusal(badRequest('Skip token is invalid.'));
  const next = new URL(request.url);
  next.searchParams.set('$skiptoken', writeToken({ from: from + size }));
  const value = ids.slice(from, from + size).map((id) => {
    const person = directory.find(id);
    return { '@odata.type': kindOf(person), ...(person === undefined ? { id } : project(person, names)) };
  });
  return {
    status: 200,
    headers: jsonHeaders,
    body: JSON.stringify({
      '@odata.context': `${request.url.origin}/v1.0/$metadata#${cast ? 'users' : 'directoryObjects'}(${names.join(',')})`,
      ...(from + size < ids.length ? { '@odata.nextLink': next.href } : {}),
      value,
    }),
    note: { kind: 'listing' },
  };
};

/** `GET /groups` by an exact display name, the only filter anybody asks for (Graph: list groups). */
export const findGroups = (directory: Directory, request: SandboxRequest): SandboxResponse => {
  const filter = /^displayName eq '((?:[^']|'')*)'$/.exec(request.query.get('$filter') ?? '');
  if (filter === null) throw new Refusal(unsupportedQuery('This stand-in lists groups by displayName alone.'));
  const name = (filter[1] ?? '').replaceAll("''", "'").toLowerCase();
  const ids = directory.groups.all().filter((group) => group.name.toLowerCase() === name);
  return pageOfObjects(
    directory,
    request,
    ids.map(({ id }) => id),
    false,
  );
};

/** `GET /groups/{id}/members` and `transitiveMembers`; the cast to users is an advanced query (Graph). */
export const listMembers = (directory: Directory, request: SandboxRequest, rest: string): SandboxResponse => {
  const [, id = '', which, cast] = route.exec(rest) ?? [];
  const advanced = request.headers.consistencylevel === 'eventual' && request.query.get('$count') === 'true';
  if (cast !== undefined && !advanced)
    throw new Refusal(
      unsupportedQuery("Request with OData cast is not supported without 'ConsistencyLevel: eventual'."),
    );
  const group = directory.groups.find(decodeURIComponent(id));
  if (group === undefined)
    return graphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
    );
  const people = (which === 'members' ? [...group.people] : directory.groups.everybodyIn(group.id)).filter(
    (one) => directory.find(one) !== undefined,
  );
  return pageOfObjects(
    directory,
    request,
    cast === undefined ? [...people, ...group.groups] : people,
    cast !== undefined,
  );
};
