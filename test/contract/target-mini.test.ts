import assert from 'node:assert/strict';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import { miniConfluence } from '../targets/fixtures/mini-confluence.ts';
import { miniJira } from '../targets/fixtures/mini-jira.ts';
import type { MiniAccount } from '../targets/fixtures/mini-product.ts';
import type { Seed, TargetLab, TargetMember } from './target-lab.ts';
import { targetContract } from './target-suite.ts';

const auth = { username: 'svc-attune', password: { env: 'ATTUNE_SECRET_MINI' } };
const deps = { secret: () => Promise.resolve('right') };
const names = ['Company', 'Cost center', 'Manager'];
const jiraAttribute: TargetMember['attribute'] = (index) => {
  const name = names[index] ?? '';
  return { id: `userProperty:${name}`, name };
};

const service: Seed = { username: 'svc-attune', fullName: 'Attune', email: 'a@example.com', held: {} };

const accountsOf = (seeds: readonly Seed[]): MiniAccount[] =>
  [...seeds, service].map(({ username, fullName, email, held }, index) => ({
    key: `KEY${index}`,
    username,
    fullName,
    email,
    held: { ...held },
  }));

const labOf = (
  accounts: readonly MiniAccount[],
  product: Pick<TargetLab, 'expireSessions' | 'requests' | 'close'>,
  target: TargetLab['target'],
  heldBy: (account: MiniAccount) => Record<string, string>,
  edit: (account: MiniAccount, name: string, value: string | null) => void,
): TargetLab => {
  const find = (username: string): MiniAccount => {
    const account = accounts.find((each) => each.username === username);
    assert.ok(account !== undefined);
    return account;
  };
  return {
    target,
    account: (username) => ({ key: find(username).key, username, email: null, active: true }),
    holds: (username) => ({
      fullName: find(username).fullName,
      email: find(username).email,
      held: heldBy(find(username)),
    }),
    edit: (username, name, value) => edit(find(username), name, value),
    expireSessions: product.expireSessions,
    requests: product.requests,
    close: async () => {
      await target.close();
      await product.close();
    },
  };
};

const put = (held: Record<string, string>, name: string, value: string | null): void => {
  if (value === null) delete held[name];
  else held[name] = value;
};

targetContract({
  name: 'Jira, User Properties',
  attribute: jiraAttribute,
  keeps: (value) => value.trim() !== '' && value.length <= 250,
  open: async (seeds) => {
    const accounts = accountsOf(seeds);
    const product = await miniJira(accounts, new Map());
    const target = jira.open(jira.settings.parse({ kind: 'jira', url: product.url, auth, readBack: 1 }), deps);
    return labOf(
      accounts,
      product,
      target,
      ({ held }) => ({ ...held }),
      ({ held }, name, value) => put(held, name, value),
    );
  },
});

targetContract({
  name: 'Jira, the newer login',
  attribute: jiraAttribute,
  keeps: (value) => value.trim() !== '' && value.length <= 250,
  open: async (seeds) => {
    const accounts = accountsOf(seeds);
    const product = await miniJira(accounts, new Map(), { twoStep: true });
    const target = jira.open(jira.settings.parse({ kind: 'jira', url: product.url, auth }), deps);
    return labOf(
      accounts,
      product,
      target,
      ({ held }) => ({ ...held }),
      ({ held }, name, value) => put(held, name, value),
    );
  },
});

targetContract({
  name: 'Jira, endpoint script and token',
  attribute: jiraAttribute,
  keeps: (value) => value !== '',
  open: async (seeds) => {
    const accounts = accountsOf(seeds);
    const product = await miniJira(accounts, new Map(), { token: 'right' });
    const token = { token: { env: 'ATTUNE_SECRET_MINI' } };
    const settings = {
      kind: 'jira',
      url: product.url,
      auth: token,
      store: 'scriptRunner',
      never: ['svc-*'],
      readBack: 1,
    };
    const target = jira.open(jira.settings.parse(settings), deps);
    return labOf(
      accounts,
      product,
      target,
      ({ held }) => ({ ...held }),
      ({ held }, name, value) => put(held, name, value),
    );
  },
});

targetContract({
  name: 'Jira, entity properties',
  attribute: jiraAttribute,
  keeps: (value) => value !== '',
  open: async (seeds) => {
    const accounts = accountsOf(seeds);
    const entities = new Map(
      accounts.map(({ username, held }) => [username, new Map<string, unknown>(Object.entries(held))]),
    );
    const product = await miniJira(accounts, entities);
    const settings = { kind: 'jira', url: product.url, auth, store: 'entityProperty', readBack: 1 };
    const heldBy = ({ username }: MiniAccount): Record<string, string> =>
      Object.fromEntries([...(entities.get(username) ?? [])].map(([key, value]) => [key, String(value)]));
    return labOf(
      accounts,
      product,
      jira.open(jira.settings.parse(settings), deps),
      heldBy,
      ({ username }, name, value) => {
        if (value === null) entities.get(username)?.delete(name);
        else entities.get(username)?.set(name, value);
      },
    );
  },
});

targetContract({
  name: 'Confluence, profile fields',
  attribute: (index) => {
    const name = ['phone', 'position', 'location'][index] ?? '';
    return { id: `field:${name}`, name };
  },
  keeps: (value) => value.length <= 255,
  open: async (seeds) => {
    const accounts = accountsOf(seeds);
    const product = await miniConfluence(accounts);
    const settings = { kind: 'confluence', url: product.url, auth, readBack: 1 };
    const target = confluence.open(confluence.settings.parse(settings), deps);
    return labOf(
      accounts,
      product,
      target,
      ({ held }) => ({ ...held }),
      ({ held }, name, value) => put(held, name, value),
    );
  },
});
