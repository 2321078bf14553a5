import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import { googleError, jsonHeaders, Refusal } from './errors.ts';
import { picked, selectionOf, usersShape } from './fields.ts';
import type { GoogleOptions } from './options.ts';
import { primaryEmail, project, userOf } from './user.ts';

const cursorSchema = z.object({ after: z.string(), began: z.number(), query: z.string() });

const invalid = (what: string): Refusal => new Refusal(googleError(400, 'invalid', `Invalid Input: ${what}`));

/** A size outside 1 to 500 is refused, none is 100 (Directory API: users.list). */
export const sizeOf = (text: string | null, usual: number, most: number): number => {
  if (text === null) return usual;
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > most) throw invalid('maxResults');
  return size;
};

/** The token of a page; an empty one is as wrong as one of another query. */
export const readToken = <T>(text: string | null, schema: z.ZodType<T>): T | null => {
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw invalid(text);
  }
};

/** A token for a place. */
export const writeToken = (place: object): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const queryOf = (query: URLSearchParams): string =>
  JSON.stringify([...query].filter(([name]) => name !== 'pageToken').sort());

/** Everybody by mail; sorted anew only when the directory has changed. */
export const createByMail = (directory: Directory) => {
  let mails: string[] = [];
  let ids: string[] = [];
  let seen = -1;
  return () => {
    const end = directory.log.end();
    if (end !== seen) {
      const sorted = [...directory.all()]
        .map((person) => ({ mail: primaryEmail(person), id: person.id }))
        .sort((a, b) => (a.mail < b.mail ? -1 : 1));
      mails = sorted.map(({ mail }) => mail);
      ids = sorted.map(({ id }) => id);
      seen = end;
    }
    return { mails, ids };
  };
};

const firstAfter = (mails: readonly string[], mail: string): number => {
  let low = 0;
  let high = mails.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((mails[middle] ?? '') <= mail) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Custom fields are asked for by the schemas of the customer, of which an unknown one is an invalid input. */
export const checkSchemas = (query: URLSearchParams, { schemas }: GoogleOptions): void => {
  if (query.get('projection') !== 'custom') return;
  const asked = query.get('customFieldMask')?.split(',') ?? [''];
  if (!asked.every((name) => schemas.includes(name))) throw invalid('customFieldMask');
};

/** `GET /admin/directory/v1/users`; parameters nobody knows are ignored, as the service ignores them. */
export const listUsers = (
  { directory, byMail }: { directory: Directory; byMail: ReturnType<typeof createByMail> },
  request: SandboxRequest,
  now: number,
  options: GoogleOptions,
): SandboxResponse => {
  const { query } = request;
  if (query.has('customer') === query.has('domain')) throw new Refusal(googleError(400, 'badRequest', 'Bad Request'));
  checkSchemas(query, options);
  const selection = selectionOf(query.get('fields'), usersShape);
  const size = sizeOf(query.get('maxResults'), 100, 500);
  const cursor = readToken(query.get('pageToken'), cursorSchema);
  if (cursor !== null && cursor.query !== queryOf(query)) throw invalid(query.get('pageToken') ?? '');
  const began = cursor?.began ?? now;
  if (now - began > options.pagingLife) throw new Refusal(googleError(503, 'backendError', 'Backend Error'));
  const { mails, ids } = byMail();
  const domain = query.get('domain');
  const isIn = (mail: string): boolean => domain === null || mail.endsWith(`@${domain}`);
  const found: { mail: string; user: ReturnType<typeof userOf> }[] = [];
  let place = firstAfter(mails, cursor?.after ?? '');
  for (; place < ids.length && found.length < size; place += 1) {
    const [mail = '', person] = [mails[place], directory.find(ids[place] ?? '')];
    if (person !== undefined && isIn(mail)) found.push({ mail, user: userOf(directory, person) });
  }
  const more = mails.slice(place).some(isIn);
  const next = writeToken({ after: found.at(-1)?.mail ?? '', began, query: queryOf(query) });
  return {
    status: 200,
    headers: jsonHeaders,
    body: JSON.stringify(
      picked(
        {
          kind: 'admin#directory#users',
          ...(more ? { nextPageToken: next } : {}),
          ...(found.length === 0 ? {} : { users: found.map(({ user }) => project(user, query)) }),
        },
        selection,
      ),
    ),
    note: { kind: 'listing' },
  };
};
