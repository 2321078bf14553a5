import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';

const headers = { 'content-type': 'application/json' };

/** A JSON answer of Confluence's REST. */
export const json = (body: unknown, note: JournalNote, status = 200): SandboxResponse => ({
  status,
  headers,
  body: JSON.stringify(body),
  note,
});

const reasons: Record<number, string> = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found' };

/** Confluence's way of refusing. */
export const refuse = (statusCode: number, message: string, kind: JournalNote['kind'] = 'other'): SandboxResponse => {
  const data = { authorized: statusCode !== 403, valid: true, errors: [], successful: false };
  return json({ statusCode, data, message, reason: reasons[statusCode] ?? 'Error' }, { kind }, statusCode);
};

/** One part of a list by start and limit, with the link to the next where there is more. */
export const part = <T>(
  { url, query }: { url: URL; query: URLSearchParams },
  all: readonly T[],
  { limit: usual, most, show }: { limit: number; most: number; show: (one: T) => unknown },
): SandboxResponse => {
  const wholeNumber = (name: string, otherwise: number) => {
    const number = Number(query.get(name) ?? otherwise);
    return Number.isInteger(number) && number >= 0 ? number : otherwise;
  };
  const start = wholeNumber('start', 0);
  const limit = Math.min(wholeNumber('limit', usual), most);
  const results = all.slice(start, start + limit).map(show);
  const next = new URLSearchParams(query);
  next.set('start', `${start + limit}`);
  next.set('limit', `${limit}`);
  const more = start + limit < all.length ? { next: `${url.pathname}?${next}` } : {};
  const links = { base: url.origin, context: '', self: url.href, ...more };
  return json({ results, start, limit, size: results.length, _links: links }, { kind: 'listing' });
};
