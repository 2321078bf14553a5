import type { JournalNote } from '../journal.ts';
import type { SandboxResponse } from '../service.ts';

const headers = { 'content-type': 'application/json;charset=UTF-8' };

/** A JSON answer of Jira's REST. */
export const json = (body: unknown, note: JournalNote, status = 200): SandboxResponse => ({
  status,
  headers,
  body: JSON.stringify(body),
  note,
});

/** An answer without a body. */
export const empty = (status: number, note: JournalNote): SandboxResponse => ({ status, note });

/** Jira's way of refusing: messages for people, and errors by field. */
export const refuse = (status: number, message: string, note: JournalNote = { kind: 'other' }): SandboxResponse =>
  json({ errorMessages: [message], errors: {} }, note, status);

/** Who is not signed in gets this from nearly every resource. */
export const notSignedIn = (): SandboxResponse =>
  refuse(401, 'You are not authenticated. Authentication required to perform this operation.', { kind: 'login' });

/** A whole number of a query, or what stands for it. */
export const numberOf = (query: URLSearchParams, name: string, otherwise: number): number => {
  const text = query.get(name);
  const number = text === null || text === '' ? otherwise : Number(text);
  return Number.isInteger(number) && number >= 0 ? number : otherwise;
};
