import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { sourceNames, targetNames } from '../../sandbox/services.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { stores as confluenceStores } from '../../src/targets/confluence/stores.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import { stores as jiraStores } from '../../src/targets/jira/stores.ts';
import { members } from '../contract/source-members.ts';
import { rows } from '../contract/target-rows.ts';

const root = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const foldersOf = (path: string): readonly string[] =>
  readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** What no target is, although it stands among them. */
const shared = ['atlassian', 'kit'];

/** The stores of each target; one that is missing here has no name in the document either. */
const stores: Readonly<Record<(typeof targetNames)[number], readonly string[]>> = {
  jira: Object.keys(jiraStores),
  confluence: Object.keys(confluenceStores),
};

/** The parts every source is made of; whatever else a folder holds is its provider's own. */
const parts = [
  'auth',
  'check',
  'client',
  'credential',
  'discovery',
  'index',
  'lookup',
  'members',
  'people',
  'read',
  'refusal',
  'schema',
  'selection',
  'settings',
  'token-refusal',
];

const hasPage = (kind: string): void => {
  assert.ok(existsSync(join(root, 'docs', 'connectors', `${kind}.md`)), `docs/connectors/${kind}.md`);
  assert.match(text('README.md'), new RegExp(`\\(docs/connectors/${kind}\\.md\\)`), 'the README links it');
};

const hasStandIn = (kind: string): void => {
  assert.ok(existsSync(join(root, 'sandbox', kind, `${kind}.ts`)), `sandbox/${kind}/${kind}.ts`);
};

describe('every source', () => {
  const kinds = sorted(sourceDefinitions.keys());

  it('is a folder, a line of the registry, a stand-in, and a row of the contract suite', () => {
    for (const [kind, definition] of sourceDefinitions) assert.equal(definition.kind, kind);
    assert.deepEqual(sorted(foldersOf('src/sources')), kinds);
    assert.deepEqual(sorted(sourceNames), kinds);
    assert.deepEqual(sorted(members.map(({ name }) => name)), kinds);
  });

  for (const kind of kinds) {
    it(`${kind} has its stand-in's folder and its page`, () => {
      hasStandIn(kind);
      hasPage(kind);
    });

    it(`${kind} is made of the same parts as the others`, () => {
      const files = readdirSync(join(root, 'src', 'sources', kind)).map((name) => name.replace('.ts', ''));
      assert.deepEqual(
        parts.filter((part) => !files.includes(part)),
        [],
      );
    });
  }
});

describe('every target', () => {
  const kinds = sorted(targetDefinitions.keys());

  it('is a folder, a line of the registry, a stand-in, and a row of the contract suite', () => {
    for (const [kind, definition] of targetDefinitions) assert.equal(definition.kind, kind);
    assert.deepEqual(sorted(foldersOf('src/targets').filter((name) => !shared.includes(name))), kinds);
    assert.deepEqual(sorted(targetNames), kinds);
    assert.deepEqual(sorted(rows.map(({ kind }) => kind)), kinds);
  });

  for (const kind of targetNames) {
    it(`${kind} has its stand-in's folder and its page`, () => {
      hasStandIn(kind);
      hasPage(kind);
    });

    for (const store of stores[kind]) {
      it(`${kind} keeps values in ${store}: a row of the contract suite, and a passage of its page`, () => {
        assert.ok(rows.some((row) => row.kind === kind && row.store === store));
        assert.match(text(`docs/connectors/${kind}.md`), new RegExp(`\\b${store}\\b`));
      });
    }

    it(`${kind} takes no store that is not among these`, () => {
      const definition = targetDefinitions.get(kind);
      const settings = { kind, url: 'https://product.example', auth: { token: { env: 'ATTUNE_SECRET_X' } } };
      const refused = definition?.settings.safeParse({ ...settings, store: 'none of them' });
      const [issue] = refused?.error?.issues ?? [];
      assert.deepEqual(issue?.path, ['store']);
      assert.deepEqual(
        z
          .object({ values: z.array(z.string()) })
          .parse(issue)
          .values.sort(),
        sorted(stores[kind]),
      );
    });
  }
});
