import { z } from 'zod';
import type { SandboxRequest, SandboxResponse } from '../service.ts';
import type { AccountSeed, Controls, ProductDeps } from '../world/types.ts';
import { createAccounts } from './accounts.ts';
import { createCredentials } from './credentials.ts';
import { createDoor } from './door.ts';
import type { AtlassianOptions } from './options.ts';
import { createSessions } from './sessions.ts';
import type { Visit } from './visit.ts';

const seed = z.object({
  username: z.string(),
  key: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  active: z.boolean().default(true),
  directory: z.enum(['internal', 'readOnly']).default('internal'),
  groups: z.array(z.string()).default([]),
  isAdmin: z.boolean().default(false),
  isSystemAdmin: z.boolean().default(false),
  properties: z.record(z.string(), z.string()).default({}),
});

const shown = (account: AccountSeed) => ({ ...account, properties: { ...account.properties } });

/** What both products are made of, before any page: accounts, sessions, passwords, the door and control's handles. */
export const createProduct = <Options extends AtlassianOptions>(
  { accounts: seeds, clock, password, options: given = {} }: ProductDeps,
  schema: z.ZodType<Options>,
  loginPage: string,
) => {
  let options = schema.parse(given);
  const current = () => options;
  const accounts = createAccounts(seeds);
  const sessions = createSessions(clock, current);
  const credentials = createCredentials(accounts, password, current);
  const door = createDoor({ accounts, sessions, credentials, clock, loginPage, options: current });
  const named = (username: string): AccountSeed => {
    const account = accounts.byName(username);
    if (account === undefined) throw new Error(`There is no account ${username}.`);
    return account;
  };
  const controls: Controls = {
    store: () => accounts.all().map(shown),
    expireSessions: () => sessions.endAll(),
    expireWebSudo: () => sessions.lowerAll(),
    configure(changes) {
      options = schema.parse({ ...options, ...changes });
    },
    account: {
      add: (account) => accounts.add(seed.parse(account)),
      remove: (username) => accounts.remove(named(username).key),
      rename: (username, to) => accounts.rename(named(username), to),
      activate(username, active) {
        named(username).active = active;
      },
      set(username, attribute, value) {
        const { properties } = named(username);
        if (value === null) delete properties[attribute];
        else properties[attribute] = value;
      },
    },
  };
  /** Lets a request in, has it answered, and puts the product's headers on the answer. */
  const through =
    (answer: (visit: Visit) => SandboxResponse) =>
    (request: SandboxRequest): SandboxResponse => {
      const entered = door.enter(request);
      return 'refusal' in entered ? entered.refusal : door.leave(entered.visit, answer(entered.visit));
    };
  return { accounts, sessions, credentials, options: current, controls, through };
};
