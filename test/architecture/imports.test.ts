import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cruise = join(root, 'node_modules', '.bin', 'depcruise');
const rooms = ['src', 'workflows', 'activities', 'sandbox', 'demo', 'bench', 'faults'];

/** One forbidden arrow of each kind: what it stands for, the file it starts from, and what that file imports. */
const forbidden: readonly (readonly [kind: string, from: string, to: string])[] = [
  ['the core reaches the world', 'src/core/failure.ts', 'node:fs'],
  ['the core reaches another room', 'src/core/plan/diff.ts', 'src/ledger/open.ts'],
  ['a second HTTP client', 'src/targets/jira/index.ts', 'got'],
  ['the HTTP client knows a party', 'src/http/http.ts', 'src/sources/source.ts'],
  ['a source knows its sibling', 'src/sources/entra/index.ts', 'src/sources/okta/client.ts'],
  ['a source knows the registry', 'src/sources/okta/client.ts', 'src/sources/index.ts'],
  ['a source knows the engine', 'src/sources/google/read.ts', 'src/engine/work.ts'],
  ['what sources share knows a member', 'src/sources/groups.ts', 'src/sources/entra/clouds.ts'],
  ['a target knows its sibling', 'src/targets/jira/index.ts', 'src/targets/confluence/settings.ts'],
  ['a target knows a source', 'src/targets/confluence/index.ts', 'src/sources/source.ts'],
  ['the kit knows a vendor', 'src/targets/kit/weigh.ts', 'src/targets/atlassian/sign-in/cookies.ts'],
  ['what two products share knows one', 'src/targets/atlassian/product.ts', 'src/targets/jira/settings.ts'],
  ['the ledger knows the engine', 'src/ledger/open.ts', 'src/engine/digest.ts'],
  ['the ledger knows HTTP', 'src/ledger/open.ts', 'src/http/http.ts'],
  ['the engine knows a provider', 'src/engine/work.ts', 'src/targets/jira/settings.ts'],
  ['the engine knows Temporal', 'src/engine/work.ts', '@temporalio/client'],
  ['the engine knows the API', 'src/engine/work.ts', 'src/api/problem.ts'],
  ['the configuration knows the API', 'src/config/issues.ts', 'src/api/problem.ts'],
  ['the configuration knows a provider', 'src/config/issues.ts', 'src/sources/entra/settings.ts'],
  ['the configuration knows Temporal', 'src/config/issues.ts', 'src/temporal/worker.ts'],
  ['an activity knows a provider', 'activities/failure.ts', 'src/targets/jira/index.ts'],
  ['an activity knows the ledger', 'activities/failure.ts', 'src/ledger/open.ts'],
  ['a workflow reads a schema', 'workflows/input.ts', 'zod'],
  ['a workflow reaches the world', 'workflows/input.ts', 'node:fs'],
  ['a workflow knows the engine', 'workflows/input.ts', 'src/engine/work.ts'],
  ['the Temporal shell knows the API', 'src/temporal/worker.ts', 'src/api/problem.ts'],
  ['the API knows the engine', 'src/api/problem.ts', 'src/engine/work.ts'],
  ['the API starts a worker', 'src/api/problem.ts', 'src/temporal/worker.ts'],
  ['the client knows the ledger', 'src/client/client.ts', 'src/ledger/open.ts'],
  ['the command line knows the ledger', 'src/cli/io.ts', 'src/ledger/open.ts'],
  ['the command line puts a server together beside its commands', 'src/cli/io.ts', 'src/server/compose.ts'],
  ['an embedded server knows the ledger', 'src/embedded/data-dir.ts', 'src/ledger/open.ts'],
  ['the composition root knows the command line', 'src/server/log.ts', 'src/cli/io.ts'],
  ['a receiver of notices knows the ledger', 'src/notices/webhook.ts', 'src/ledger/open.ts'],
  ['a stand-in shares what it tests', 'sandbox/clock.ts', 'src/core/values.ts'],
  ['the demo knows the ledger', 'demo/main.ts', 'src/ledger/open.ts'],
  ['two files know each other', 'src/core/profile.ts', 'src/core/plan/diff.ts'],
];

const Cruised = z.object({
  summary: z.object({ violations: z.array(z.object({ from: z.string(), to: z.string() })) }),
});

/** The file as it stands, with one more import in front of it. */
const withImport = async (from: string, to: string): Promise<string> => {
  const own = to.includes('/') && !to.startsWith('@') ? relative(dirname(from), to) : to;
  const specifier = own === to || own.startsWith('.') ? own : `./${own}`;
  return `import '${specifier}';\n${await readFile(join(root, from), 'utf8')}`;
};

describe('the import table', () => {
  let copy: string;
  let violations: readonly { readonly from: string; readonly to: string }[];

  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'attune-imports-'));
    for (const room of rooms) await cp(join(root, room), join(copy, room), { recursive: true });
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.json'])
      await cp(join(root, file), join(copy, file));
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const files = new Map<string, string[]>();
    for (const [, from, to] of forbidden) files.set(from, [...(files.get(from) ?? []), to]);
    for (const [from, all] of files) {
      const texts = await Promise.all(all.map((to) => withImport(from, to)));
      const imports = texts.map((text) => text.split('\n')[0]);
      await mkdir(dirname(join(copy, from)), { recursive: true });
      await writeFile(join(copy, from), `${imports.join('\n')}\n${await readFile(join(root, from), 'utf8')}`);
    }
    const args = ['--config', '.dependency-cruiser.json', '--output-type', 'json', ...rooms];
    const { stdout } = await promisify(execFile)(cruise, args, { cwd: copy, maxBuffer: 1 << 28 }).catch(
      (error: unknown) => z.object({ stdout: z.string() }).parse(error),
    );
    ({ violations } = Cruised.parse(JSON.parse(stdout)).summary);
  });

  after(() => rm(copy, { recursive: true, force: true }));

  for (const [kind, from, to] of forbidden) {
    it(`refuses an import by which ${kind}`, () => {
      const target = to.replace(/^node:/, '');
      const isIt = (path: string): boolean => path === target || path.includes(`node_modules/${to}/`);
      // A cycle is told once, from whichever of its files comes first.
      assert.ok(
        violations.some((one) => (one.from === from && isIt(one.to)) || (one.from === target && one.to === from)),
        `${from} may import ${to}`,
      );
    });
  }

  it('covers every room of src', async () => {
    const names = await readdir(join(root, 'src'));
    for (const name of names)
      assert.ok(
        forbidden.some(([, from]) => from.startsWith(`src/${name}/`)),
        name,
      );
  });
});
