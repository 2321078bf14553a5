import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sandboxApplication } from '../../sandbox/document.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { config } from '../../src/server/documents.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

describe('attune init', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let folder = '';
  before(async () => {
    sandbox = await startSandbox({ users: 120 });
  });
  after(async () => {
    await sandbox?.close();
  });

  /** Runs the command in a folder of its own, with these lines typed. */
  const init = async (args: readonly string[], typed: readonly string[], env: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'init', ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    child.stdin.end(typed.map((line) => `${line}\n`).join(''));
    await once(child, 'close');
    return { code: child.exitCode, ...said };
  };
  const answers = () => ({
    connector: 'acme',
    source: {
      kind: 'entra',
      tenant: sandboxApplication.tenant,
      clientId: sandboxApplication.clientId,
      secret: 'ATTUNE_SECRET_ENTRA',
      endpoints: { login: sandbox.urls.entra, graph: sandbox.urls.entra },
    },
    targets: [
      { name: 'jira', kind: 'jira', url: sandbox.urls.jira, username: 'svc-attune', secret: 'ATTUNE_SECRET_JIRA' },
      {
        name: 'wiki',
        kind: 'confluence',
        url: sandbox.urls.confluence,
        username: 'svc-attune',
        secret: 'ATTUNE_SECRET_WIKI',
      },
    ],
  });
  const fresh = async (): Promise<void> => {
    folder = await mkdtemp(join(tmpdir(), 'attune-init-'));
  };
  const clean = () => rm(folder, { recursive: true, force: true });

  it('writes a document that passes check, with rows proposed by names and values, from answers alone', async () => {
    await fresh();
    await writeFile(join(folder, 'answers.json'), JSON.stringify(answers()));
    const { code, out, err } = await init(['--yes', '--from', 'answers.json'], [], sandbox.secrets);
    assert.equal(code, 0, out + err);
    assert.match(out, /ok {4}sign-in and permissions: people can be read/);
    const text = await readFile(join(folder, 'attune.yaml'), 'utf8');
    const { document, problems } = await config.readDocument(text);
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    const [connector] = document?.connectors ?? [];
    assert.deepEqual(
      connector?.to.map(({ target }) => target),
      ['jira', 'wiki'],
    );
    assert.ok((connector?.to[0]?.attributes.length ?? 0) >= 2, text);
    assert.match(text, /^# yaml-language-server: \$schema=\.\/attune\.schema\.json\n/);
    assert.match(text, /field: department +# (same name|equals what \d+ % of accounts hold now)/);
    for (const secret of Object.values(sandbox.secrets)) {
      assert.ok(!text.includes(secret) && !out.includes(secret), 'no secret is written or said');
    }
    assert.equal((await stat(join(folder, '.env.example'))).mode & 0o777, 0o600);
    JSON.parse(await readFile(join(folder, 'attune.schema.json'), 'utf8'));
    const again = await init(['--yes', '--from', 'answers.json'], [], sandbox.secrets);
    assert.deepEqual([again.code, /already exists/.test(again.err)], [1, true], 'nothing is overwritten');
    await clean();
  });

  it('asks, says what is not usable, and names missing secrets before anything else; the answers are kept', async () => {
    await fresh();
    const typed = [
      'ldap',
      'okta',
      sandbox.urls.okta,
      'my password!',
      'ATTUNE_SECRET_OKTA',
      'jira',
      '',
      sandbox.urls.jira,
      '',
      '',
      'n',
      'acme',
    ];
    const first = await init([], typed, {});
    assert.equal(first.code, 1);
    assert.match(first.out, /It is one of: entra, okta, google\./);
    assert.match(first.out, /It must be the name of a variable that begins with ATTUNE_SECRET_, never a secret\./);
    assert.doesNotMatch(first.out + first.err, /my password/);
    assert.match(first.err, /Not set: ATTUNE_SECRET_OKTA, ATTUNE_SECRET_JIRA\./);
    const second = await init(['--yes', '--from', 'attune-answers.json'], [], sandbox.secrets);
    assert.equal(second.code, 0, second.out + second.err);
    const { document } = await config.readDocument(await readFile(join(folder, 'attune.yaml'), 'utf8'));
    assert.equal(document?.connectors[0]?.id, 'acme');
    await clean();
  });

  it('writes nothing where a system refuses, and says what to do; a secret among the answers is not repeated', async () => {
    await fresh();
    await writeFile(join(folder, 'answers.json'), JSON.stringify(answers()));
    const refused = await init(['--yes', '--from', 'answers.json'], [], {
      ...sandbox.secrets,
      ATTUNE_SECRET_ENTRA: 'wrong',
    });
    assert.equal(refused.code, 1);
    assert.match(refused.out, /FAIL {2}sign-in and permissions/);
    await assert.rejects(readFile(join(folder, 'attune.yaml'), 'utf8'));
    const leaked = { ...answers(), targets: [{ ...answers().targets[0], secret: 'hunter2-hunter2' }] };
    await writeFile(join(folder, 'answers.json'), JSON.stringify(leaked));
    const said = await init(['--yes', '--from', 'answers.json'], [], sandbox.secrets);
    assert.equal(said.code, 1);
    assert.match(said.err, /targets\.0\.secret: must be the name of a variable/);
    assert.doesNotMatch(said.out + said.err, /hunter2/);
    await clean();
  });
});
