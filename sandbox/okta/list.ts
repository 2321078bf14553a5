import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import type { Edits } from './edits.ts';
import { jsonHeaders, oktaError, Refusal } from './errors.ts';
import { readFilter } from './filter.ts';
import type { OktaOptions } from './options.ts';
import { project, userOf } from './user.ts';

const cursorSchema = z.object({ position: z.number(), at: z.number(), query: z.string() });
const allowed = new Set(['limit', 'after', 'filter', 'search', 'fields', 'sortBy', 'sortOrder']);

/** A limit above 200 counts as 200; one that is no number is refused (Okta: list users). */
export const limitOf = (text: string | null, most: number): number => {
  if (text === null) return most;
  if (!/^[1-9]\d*$/.test(text)) throw new Refusal(oktaError('E0000001', 'limit: must be a positive number'));
  return Math.min(Number(text), most);
};

/** The Link headers of a page: itself, and the next one (Okta: pagination); each is a header of its own. */
export const linkHeaders = (request: SandboxRequest, after: string | null): { link: string[] } => {
  const link = [`<${request.url.href}>; rel="self"`];
  if (after !== null) {
    const next = new URL(request.url);
    next.searchParams.set('after', after);
    link.push(`<${next.href}>; rel="next"`);
  }
  return { link };
};

const queryOf = (request: SandboxRequest): string =>
  JSON.stringify([...request.query].filter(([name]) => name !== 'after').sort());

const readCursor = (request: SandboxRequest, now: number, { cursorLife }: OktaOptions): number => {
  const after = request.query.get('after');
  if (after === null) return Number.NEGATIVE_INFINITY;
  try {
    const cursor = cursorSchema.parse(JSON.parse(Buffer.from(after, 'base64url').toString('utf8')));
    const known = cursorLife === undefined || now - cursor.at <= cursorLife;
    if (known && cursor.query === queryOf(request)) return cursor.position;
  } catch {
    // Refused below like any other cursor that is none.
  }
  throw new Refusal(oktaError('E0000001', 'after: Invalid cursor'));
};

/** `GET /api/v1/users`: without filter or search deprovisioned users are hidden; `search` sees edits late. */
export const listUsers = (
  { directory, edits }: { directory: Directory; edits: Edits },
  request: SandboxRequest,
  now: number,
  options: OktaOptions,
): SandboxResponse => {
  const { query } = request;
  for (const name of query.keys())
    if (!allowed.has(name)) throw new Refusal(oktaError('E0000001', `${name}: unknown parameter`));
  const [filter, search] = [query.get('filter'), query.get('search')];
  if (filter !== null && search !== null) throw new Refusal(oktaError('E0000001', 'Use either filter or search.'));
  const text = filter ?? search;
  const holds = text === null ? null : readFilter(text, search !== null);
  const hidden = (id: string): boolean => search !== null && edits.isFresh(id, now - options.searchDelay);
  const size = limitOf(query.get('limit'), 200);
  const from = readCursor(request, now, options);
  const keep = (person: Parameters<typeof userOf>[1]): boolean => {
    if (hidden(person.id)) return false;
    const user = userOf(directory, person, edits.lastOf(person.id));
    return holds === null ? user.status !== 'DEPROVISIONED' : holds(user);
  };
  const found = directory.after(from, size, keep);
  const position = found.at(-1)?.position ?? from;
  const more = found.length === size && directory.after(position, 1, keep).length > 0;
  const cursor = Buffer.from(JSON.stringify({ position, at: now, query: queryOf(request) })).toString('base64url');
  const users = found.map(({ person }) =>
    project(userOf(directory, person, edits.lastOf(person.id)), query.get('fields')),
  );
  return {
    status: 200,
    headers: { ...jsonHeaders, date: new Date(now).toUTCString(), ...linkHeaders(request, more ? cursor : null) },
    body: JSON.stringify(users),
    note: { kind: 'listing' },
  };
};
