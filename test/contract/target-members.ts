import assert from 'node:assert/strict';
import { z } from 'zod';
import type { TargetName } from '../../sandbox/services.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import type { Target } from '../../src/targets/target.ts';
import { deps, openProduct, type Person, passwordAuth, token } from '../targets/fixtures/sandbox.ts';
import type { Seed, TargetLab, TargetMember } from './target-lab.ts';

type Given = Readonly<Record<string, unknown>>;

/** More people than any page of a listing holds. */
const crowd = (size: number): readonly Person[] => Array.from({ length: size }, (_, n) => ({ username: `crowd${n}` }));

const peopleOf = (seeds: readonly Seed[], size: number): readonly Person[] => [
  ...seeds.map(({ username, fullName, email, held }) => ({
    username,
    displayName: fullName,
    email,
    properties: { ...held },
  })),
  ...crowd(size),
];

const given = (kind: TargetName, url: string, settings: Given): Given => ({
  kind,
  url,
  auth: passwordAuth,
  readBack: 1,
  never: ['svc-*'],
  ...settings,
});

const targetOf = (kind: TargetName, url: string, settings: Given): Target => {
  const definition = targetDefinitions.get(kind);
  if (definition === undefined) throw new Error(`there is no target ${kind}`);
  return definition.open(given(kind, url, settings), deps);
};

/** The store that these settings come to. */
const storeOf = (kind: TargetName, settings: Given): string =>
  z
    .object({ store: z.string() })
    .parse(targetDefinitions.get(kind)?.settings.parse(given(kind, 'https://product.example', settings))).store;

const open = async (
  kind: TargetName,
  seeds: readonly Seed[],
  settings: Given,
  options: Given,
  size: number,
): Promise<TargetLab> => {
  const inEntities = settings.store === 'entityProperty';
  const product = await openProduct(kind, peopleOf(seeds, size), options);
  const target = targetOf(kind, product.url, settings);
  const entity = async (username: string, name: string, value: string | null): Promise<void> => {
    const url = `${product.url}/rest/api/2/user/properties/${encodeURIComponent(name)}?username=${username}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = value === null ? {} : { body: JSON.stringify(value) };
    await fetch(url, { method: value === null ? 'DELETE' : 'PUT', headers, ...body });
  };
  if (inEntities) {
    for (const { username, held } of seeds) {
      for (const [name, value] of Object.entries(held)) await entity(username, name, value);
    }
  }
  return {
    target,
    account: (username) => ({ key: product.find(username).key, username, email: null, active: true }),
    holds: (username) => {
      const { key, displayName, email, properties } = product.find(username);
      const entities = Object.entries(product.store().entityProperties[key] ?? {});
      const held = inEntities ? Object.fromEntries(entities.map(([name, value]) => [name, String(value)])) : properties;
      return { fullName: displayName, email: email ?? '', held };
    },
    edit: async (username, name, value) => {
      if (inEntities) await entity(username, name, value);
      else product.edit.set(username, name, value);
    },
    passOn: async (username, to, held) => {
      assert.equal(product.edit.rename(username, to), true);
      product.edit.add({
        username,
        key: `NEW-${username}`,
        displayName: 'New',
        email: 'n@x.y',
        properties: { ...held },
      });
      for (const [name, value] of Object.entries(inEntities ? held : {})) await entity(username, name, value);
    },
    deactivate: async (username, off) => product.edit.activate(username, !off),
    expireSessions: product.expireSessions,
    requests: product.requests,
    close: async () => {
      await target.close();
      await product.close();
    },
  };
};

/** One product's stand-in with these settings of the target and these options of the product. */
export const sandboxMember = (
  name: string,
  kind: TargetName,
  keeps: (value: string) => boolean,
  settings: Given,
  options: Given,
  size = 1_100,
): TargetMember => ({
  name,
  kind,
  store: storeOf(kind, settings),
  attribute: (index) => {
    const jiraName = ['Company', 'Cost center', 'Manager'][index] ?? '';
    const field = ['phone', 'position', 'location'][index] ?? '';
    if (settings.remoteApi === true) return { id: `userProperty:${jiraName}`, name: `preference:${jiraName}` };
    return kind === 'jira' ? { id: `userProperty:${jiraName}`, name: jiraName } : { id: `field:${field}`, name: field };
  },
  keeps,
  seesInactive: kind === 'confluence' || settings.store !== 'entityProperty',
  open: (seeds) => open(kind, seeds, settings, options, size),
});

/** What a store keeps that takes any text but an empty one, up to a length. */
export const filled = (most: number) => (value: string) => value.trim() !== '' && value.length <= most;
