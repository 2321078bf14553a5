import { z } from 'zod';
import type { Accounts } from '../atlassian/accounts.ts';
import type { JournalNote } from '../journal.ts';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { AccountSeed } from '../world/types.ts';
import { json, refuse } from './rest.ts';

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

const writeOne = (account: AccountSeed, asked: Write) => {
  const { properties } = account;
  const writes: Written[] = [];
  const wanted: [string, string | null][] = [
    ...Object.entries(asked.set),
    ...asked.delete.map((key): [string, null] => [key, null]),
  ];
  const results = wanted.map(([key, value]): [string, string] => {
    const now = Object.hasOwn(properties, key) ? (properties[key] ?? null) : null;
    if (now === value) return [key, 'already'];
    if (Object.hasOwn(asked.expect, key) && now !== asked.expect[key]) return [key, 'moved'];
    if (value === null) delete properties[key];
    else properties[key] = value;
    writes.push({ account: account.username, attribute: key, op: value === null ? 'delete' : 'set', value });
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

/** The endpoint script that the connector's page publishes, as ScriptRunner would run it. */
export const runScript = (accounts: Accounts, request: SandboxRequest): SandboxResponse => {
  const asked = parse(request);
  if (asked === undefined) return refuse(500, 'The script failed.');
  if ('read' in asked) {
    const users = asked.read.map(({ key, keys }) => {
      const account = accounts.byKey(key);
      if (account === undefined) return { key, status: 'notFound' };
      const held = Object.entries(account.properties).filter(([key]) => keys.length === 0 || keys.includes(key));
      return { key, status: 'ok', properties: Object.fromEntries(held) };
    });
    return json({ users }, { kind: 'read' });
  }
  const done = asked.write.map((one) => {
    const account = accounts.byKey(one.key);
    if (account === undefined) return { answer: { key: one.key, status: 'notFound' }, writes: [] };
    if (!account.active) return { answer: { key: one.key, status: 'inactive' }, writes: [] };
    return writeOne(account, one);
  });
  const writes = done.flatMap((one) => one.writes);
  return json({ users: done.map(({ answer }) => answer) }, { kind: 'write', writes });
};
