import { z } from 'zod';
import type { JournalNote } from '../journal.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import type { Accounts } from './accounts.ts';

const write = z.object({
  key: z.string(),
  set: z.record(z.string(), z.string()).default({}),
  delete: z.array(z.string()).default([]),
  expect: z.record(z.string(), z.string().nullable()).default({}),
});
const body = z.union([
  z.object({ read: z.array(z.object({ key: z.string(), keys: z.array(z.string()).default([]) })) }),
  z.object({ write: z.array(write) }),
]);

type Write = z.infer<typeof write>;
type Written = NonNullable<JournalNote['writes']>[number];

/** Where a script keeps what it is asked for under a name; null for a name it refuses. */
export type PlaceOf = (name: string) => string | null;

const valueIn = ({ properties }: AccountSeed, place: string | null): string | null =>
  place !== null && Object.hasOwn(properties, place) ? properties[place] || null : null;

const writeOne = (account: AccountSeed, asked: Write, placeOf: PlaceOf) => {
  const { properties } = account;
  const writes: Written[] = [];
  const wanted: [string, string | null][] = [
    ...Object.entries(asked.set),
    ...asked.delete.map((key): [string, null] => [key, null]),
  ];
  const results = wanted.map(([key, value]): [string, string] => {
    const place = placeOf(key);
    if (place === null) return [key, 'rejected'];
    const now = valueIn(account, place);
    if (now === value) return [key, 'already'];
    if (Object.hasOwn(asked.expect, key) && now !== asked.expect[key]) return [key, 'moved'];
    if (value === null) delete properties[place];
    else properties[place] = value;
    writes.push({ account: account.username, attribute: place, op: value === null ? 'delete' : 'set', value });
    return [key, 'applied'];
  });
  return { answer: { key: account.key, status: 'ok', results: Object.fromEntries(results) }, writes };
};

const parse = (request: SandboxRequest) => {
  try {
    return body.safeParse(request.json()).data;
  } catch {
    return undefined;
  }
};

const json = (body: unknown, note: JournalNote): SandboxResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  note,
});

/** The endpoint scripts that the connectors' pages publish, as ScriptRunner would run them. */
export const runScript = (accounts: Accounts, request: SandboxRequest, placeOf: PlaceOf): SandboxResponse => {
  const asked = parse(request);
  if (asked === undefined) {
    return {
      status: 500,
      headers: { 'content-type': 'application/json' },
      body: '{"message":"The script failed."}',
      note: { kind: 'other' },
    };
  }
  if ('read' in asked) {
    const users = asked.read.map(({ key, keys }) => {
      const account = accounts.byKey(key);
      if (account === undefined) return { key, status: 'notFound' };
      const held = keys.map((name): [string, string | null] => [name, valueIn(account, placeOf(name))]);
      return { key, status: 'ok', properties: Object.fromEntries(held.filter(([, value]) => value !== null)) };
    });
    return json({ users }, { kind: 'read' });
  }
  const done = asked.write.map((one) => {
    const account = accounts.byKey(one.key);
    if (account === undefined) return { answer: { key: one.key, status: 'notFound' }, writes: [] };
    if (!account.active) return { answer: { key: one.key, status: 'inactive' }, writes: [] };
    return writeOne(account, one, placeOf);
  });
  const writes = done.flatMap((one) => one.writes);
  return json({ users: done.map(({ answer }) => answer) }, { kind: 'write', writes });
};
