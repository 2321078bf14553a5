import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { Directory } from '../world/directory.ts';
import { jsonHeaders, notFound } from './errors.ts';
import { membersShape, picked, selectionOf } from './fields.ts';
import { readToken, sizeOf, writeToken } from './list.ts';
import { googleId, primaryEmail } from './user.ts';

const json = (body: unknown, kind: 'read' | 'listing'): SandboxResponse => ({
  status: 200,
  headers: jsonHeaders,
  body: JSON.stringify(body),
  note: { kind },
});

/** `GET …/groups/{key}/members`: people and groups, with those of groups within on request (Directory API: members.list). */
export const listMembers = (directory: Directory, request: SandboxRequest, key: string): SandboxResponse => {
  const { query } = request;
  const group = directory.groups.find(key);
  if (group === undefined) return notFound('groupKey');
  const size = sizeOf(query.get('maxResults'), 200, 200);
  const from = readToken(query.get('pageToken'), z.object({ from: z.number() }))?.from ?? 0;
  const derived = query.get('includeDerivedMembership') === 'true';
  const people = derived ? directory.groups.everybodyIn(group.id) : [...group.people];
  const members = [
    ...people.flatMap((id) => {
      const person = directory.find(id);
      return person === undefined ? [] : [{ id: googleId(person.id), email: primaryEmail(person), type: 'USER' }];
    }),
    ...[...group.groups].map((id) => ({ id, email: id, type: 'GROUP' })),
  ];
  const page = members.slice(from, from + size);
  const more = from + size < members.length;
  const whole = {
    kind: 'admin#directory#members',
    ...(more ? { nextPageToken: writeToken({ from: from + size }) } : {}),
    ...(page.length === 0 ? {} : { members: page }),
  };
  return json(picked(whole, selectionOf(query.get('fields'), membersShape)), 'listing');
};

/** `hasMember` counts groups within; `members.get` does not (Directory API: members). */
export const askMember = (
  directory: Directory,
  { key, person: personKey, derived }: { key: string; person: string; derived: boolean },
): SandboxResponse => {
  const group = directory.groups.find(key);
  const person = directory.find(personKey);
  if (group === undefined) return notFound('groupKey');
  if (person === undefined) return notFound('memberKey');
  const isMember = derived ? directory.groups.everybodyIn(group.id).includes(person.id) : group.people.has(person.id);
  if (derived) return json({ isMember }, 'read');
  return isMember ? json({ id: googleId(person.id), type: 'USER', role: 'MEMBER' }, 'read') : notFound('memberKey');
};
