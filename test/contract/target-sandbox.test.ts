import assert from 'node:assert/strict';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import { deps, openProduct, type Person, passwordAuth, token, tokenAuth } from '../targets/fixtures/sandbox.ts';
import type { Seed, TargetLab, TargetMember } from './target-lab.ts';
import { targetContract } from './target-suite.ts';

type Given = Readonly<Record<string, unknown>>;

/** More people than any page of a listing holds. */
const crowd: readonly Person[] = Array.from({ length: 1_100 }, (_, n) => ({ username: `crowd${n}` }));

const peopleOf = (seeds: readonly Seed[]): readonly Person[] => [
  ...seeds.map(({ username, fullName, email, held }) => ({
    username,
    displayName: fullName,
    email,
    properties: { ...held },
  })),
  ...crowd,
];

const open = async (
  kind: 'jira' | 'confluence',
  seeds: readonly Seed[],
  settings: Given,
  options: Given,
): Promise<TargetLab> => {
  const inEntities = settings.store === 'entityProperty';
  const product = await openProduct(kind, peopleOf(seeds), options);
  const given = { kind, url: product.url, auth: passwordAuth, readBack: 1, never: ['svc-*'], ...settings };
  const target =
    kind === 'jira'
      ? jira.open(jira.settings.parse(given), deps)
      : confluence.open(confluence.settings.parse(given), deps);
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

const member = (
  name: string,
  kind: 'jira' | 'confluence',
  keeps: (value: string) => boolean,
  settings: Given,
  options: Given,
): TargetMember => ({
  name,
  attribute: (index) => {
    const jiraName = ['Company', 'Cost center', 'Manager'][index] ?? '';
    const field = ['phone', 'position', 'location'][index] ?? '';
    if (settings.remoteApi === true) return { id: `userProperty:${jiraName}`, name: `preference:${jiraName}` };
    return kind === 'jira' ? { id: `userProperty:${jiraName}`, name: jiraName } : { id: `field:${field}`, name: field };
  },
  keeps,
  seesInactive: kind === 'jira' ? settings.store !== 'entityProperty' : settings.remoteApi === true,
  open: (seeds) => open(kind, seeds, settings, options),
});

const filled = (most: number) => (value: string) => value.trim() !== '' && value.length <= most;
const basic = { auth: { ...passwordAuth, with: 'basic' } };

for (const profile of ['old', '10', '11']) {
  targetContract(member(`Jira ${profile}, User Properties`, 'jira', filled(250), {}, { profile }));
  targetContract(member(`Confluence ${profile}`, 'confluence', filled(255), {}, { profile }));
  targetContract(
    member(
      `Jira ${profile}, endpoint script and token`,
      'jira',
      (value) => value !== '',
      { auth: tokenAuth, store: 'scriptRunner' },
      { profile, scriptRunner: true },
    ),
  );
  targetContract(
    member(
      `Jira ${profile}, entity properties and token`,
      'jira',
      (value) => value !== '',
      { auth: tokenAuth, store: 'entityProperty' },
      { profile },
    ),
  );
}

targetContract(
  member(
    'Confluence, preferences by the remote API',
    'confluence',
    (value) => value !== '' && value.length <= 255,
    { remoteApi: true },
    { remoteApi: true },
  ),
);

const open10 = { profile: '10', webSudo: false };
targetContract(member('Jira, Basic, no secure sessions', 'jira', filled(250), basic, open10));
targetContract(member('Confluence, Basic, no secure sessions', 'confluence', filled(255), basic, open10));
targetContract(member('Jira, cluster of two nodes', 'jira', filled(250), {}, { nodes: 2 }));
targetContract(
  member('Jira, entity properties by form login', 'jira', (value) => value !== '', { store: 'entityProperty' }, {}),
);
