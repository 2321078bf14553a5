import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { openConfig } from '../../src/config/open-config.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { targetDefinitions } from '../../src/targets/index.ts';

const root = join(import.meta.dirname, '..', '..');
const config = openConfig({ sources: sourceDefinitions, targets: targetDefinitions });

const auth = { username: 'svc-attune', password: { env: 'ATTUNE_SECRET_X' } };
const target = (kind: string) => ({ kind, url: `https://${kind}.acme.example`, auth });
const to = (name: string, attributes: readonly unknown[], login = 'userPrincipalName') => ({
  target: name,
  match: [{ username: login }],
  attributes,
});
const source = {
  kind: 'entra',
  tenant: 'acme.example',
  auth: { clientId: '51f00000-0000-0000-0000-000000000000', clientSecret: { env: 'ATTUNE_SECRET_X' } },
};
const google = { kind: 'google', auth: { subject: 'admin@acme.example', serviceAccount: { file: 'google.json' } } };
const connector = (all: readonly unknown[], from: object = source) => [{ id: 'acme', source: from, to: all }];

const field = z.looseObject({ field: z.string() });
const isField = (row: unknown): boolean => field.safeParse(row).success;
const targetsAlone = z.strictObject({ targets: z.record(z.string(), z.looseObject({ kind: z.string() })) });

/** The rows of a mapping, or targets alone, completed to a document; a comment says that rows are for Google. */
const completed = (text: string): unknown => {
  const block: unknown = parse(text);
  if (Array.isArray(block)) {
    const ofGoogle = text.startsWith('# a Google source');
    const login = ofGoogle ? 'primaryEmail' : 'userPrincipalName';
    const fields = block.filter(isField);
    const properties = block.filter((row) => !isField(row));
    return {
      targets: { jira: target('jira'), confluence: target('confluence') },
      connectors: connector(
        [
          ...(properties.length === 0 ? [] : [to('jira', properties, login)]),
          ...(fields.length === 0 ? [] : [to('confluence', fields, login)]),
        ],
        ofGoogle ? google : source,
      ),
    };
  }
  const alone = targetsAlone.safeParse(block);
  if (!alone.success) return block;
  const rows = { jira: { userProperty: 'A', from: 'city' }, confluence: { field: 'phone', from: 'city' } };
  const all = Object.entries(alone.data.targets).map(([name, { kind }]) =>
    to(name, [kind === 'confluence' ? rows.confluence : rows.jira]),
  );
  return { ...alone.data, connectors: connector(all) };
};

describe('the documentation', () => {
  let baseDir = '';
  before(async () => {
    baseDir = await mkdtemp(join(tmpdir(), 'attune-docs-'));
    await writeFile(join(baseDir, 'cost-centers.csv'), 'code,name\n4711,Research\n');
  });
  after(() => rm(baseDir, { recursive: true }));

  it('attune.example.yaml is a right document', async () => {
    const text = readFileSync(join(root, 'attune.example.yaml'), 'utf8');
    assert.deepEqual((await config.readDocument(text)).problems, []);
  });

  const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root });
  const blocks = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/^```ya?ml\n(.*?)^```/gms)].map((match, index) => ({
      name: `${page}, block ${index + 1}`,
      text: match[1] ?? '',
    })),
  );
  for (const { name, text } of blocks) {
    it(`${name} is right`, async () => {
      const { document, problems } = await config.readDocument(stringify(completed(text)), { baseDir });
      assert.deepEqual(problems, []);
      assert.ok(document);
    });
  }

  it('has such blocks', () => assert.ok(blocks.length >= 6));
});
