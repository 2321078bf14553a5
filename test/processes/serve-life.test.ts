import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../demo/environment.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { startProgram } from '../fixtures/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = await mkdtemp(join(tmpdir(), 'attune-life-'));
const sandbox = await startSandbox({ users: 300 });
const document = join(dataDir, 'attune.yaml');
await writeFile(document, sandbox.document);
const env = {
  ...sandbox.secrets,
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  ATTUNE_KEYS: `k9:${Buffer.alloc(32, 9).toString('base64')}`,
  TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
};
const serve = (more: Readonly<Record<string, string>> = {}) =>
  startProgram(['serve', '--config', document], { ...env, ...more }, true);
let server = serve();

after(async () => {
  await server.kill('SIGTERM');
  await sandbox.close();
  await removeDataDir(dataDir);
});

const cluster = async () =>
  join(await readlink(join(dataDir, 'postgres')).catch(() => join(dataDir, 'postgres')), 'data');
const postmaster = async () => Number((await readFile(join(await cluster(), 'postmaster.pid'), 'utf8')).split('\n')[0]);
const temporal = async () => Number(/"pid":(\d+)/.exec(await readFile(join(dataDir, 'temporal.pid'), 'utf8'))?.[1]);

/** Every process that works in the data directory or names it. */
const processes = async (): Promise<number[]> => {
  const data = await cluster();
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).map(Number).filter((each) => each > 0 && each !== process.pid)) {
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (at === data || command.includes(dataDir)) found.push(pid);
  }
  return found;
};

const ready = async (): Promise<{ status: number; text: string }> => {
  const access = await readAccess(dataDir);
  assert.ok(access);
  const answer = await fetch(new URL('/readyz', access.url));
  return { status: answer.status, text: await answer.text() };
};

const becomes = async (status: number): Promise<string> => {
  for (;;) {
    const now = await ready();
    if (now.status === status) return now.text;
    await sleep(100);
  }
};

test('every part is looked at before it is called ready', async () => {
  await server.says(/connectors/);
  const { parts } = JSON.parse(await becomes(200));
  assert.deepEqual(parts, ['database', 'schema of the database', 'Temporal server', 'worker', 'janitor']);
  assert.match(server.said().err, /ATTUNE_KEYS is not used: .* the keys in its file/);
  assert.match(
    server.said().err,
    /"msg":"The ledger is a PostgreSQL of its own in .*; the Temporal server is one of its/,
  );
  assert.doesNotMatch(server.said().out, /Temporal UI/);
  const command = await readFile(`/proc/${await temporal()}/cmdline`, 'utf8');
  assert.ok(command.includes('--headless') && !command.includes('--ui-port'), 'nobody asked for a page of Temporal');
});

test('what it has started sees none of its secrets', async () => {
  for (const pid of [await postmaster(), await temporal()]) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    assert.doesNotMatch(environment, /ATTUNE_|TEMPORAL_/);
  }
});

test('a PostgreSQL and a Temporal that were killed are started again, and said so', async () => {
  for (const [name, pidOf] of [
    ['The embedded PostgreSQL', postmaster],
    ['The embedded Temporal', temporal],
  ] as const) {
    const before = await pidOf();
    process.kill(before, 'SIGKILL');
    while ((await pidOf().catch(() => before)) === before) await sleep(50);
    await becomes(200);
    assert.ok(
      server.said().err.includes(`${name} ended unexpectedly and is being started again (1 of at most 3 times).`),
    );
  }
});

test('with a frozen database it is not ready and says why; it stops all the same and leaves nothing behind', async () => {
  const pid = await postmaster();
  const workers = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
  for (const each of [pid, ...workers]) process.kill(each, 'SIGSTOP');
  assert.match(await becomes(503), /Not ready: the database does not answer/);
  await server.kill('SIGTERM');
  assert.equal(await server.ended, 0, server.said().err);
  assert.doesNotMatch(server.said().err, /\n {4}at /, 'no raw trace');
  assert.deepEqual(await processes(), []);
});

test('told twice to stop, with a frozen Temporal at that, it leaves nothing behind', async () => {
  server = serve({ ATTUNE_TEMPORAL_UI: 'on' });
  await server.says(/connectors/);
  const page = /Temporal UI +(\S+)/.exec(server.said().out)?.[1] ?? '';
  assert.equal((await fetch(page)).status, 200, 'who asks for the page of Temporal has it');
  process.kill(await temporal(), 'SIGSTOP');
  // A supervisor tells the whole group, and a wrapper in it passes the signal on.
  process.kill(-server.pid, 'SIGTERM');
  process.kill(server.pid, 'SIGTERM');
  process.kill(server.pid, 'SIGINT');
  assert.equal(await server.ended, 0, server.said().err);
  assert.doesNotMatch(server.said().err, /\n {4}at /, 'no raw trace');
  assert.deepEqual(await processes(), []);
});

test('asked to stop while it starts, it stops and leaves nothing behind', async () => {
  server = serve();
  while (!existsSync(join(await cluster(), 'postmaster.pid'))) await sleep(20);
  await server.kill('SIGTERM');
  assert.equal(await server.ended, 0, server.said().err);
  assert.deepEqual(await processes(), []);
});

test('the end of the npm process that runs it is its own end', async () => {
  const npm = spawn('npm', ['run', '--silent', 'attune', '--', 'serve', '--config', document], {
    cwd: root,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  npm.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  while (!/connectors/.test(said)) {
    assert.equal(npm.exitCode, null);
    await sleep(50);
  }
  assert.notDeepEqual(await processes(), []);
  npm.kill('SIGTERM');
  if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit');
  while ((await processes()).length > 0) await sleep(100);
});

test('a sync --local that is asked to stop ends its run and leaves nothing behind', async () => {
  const running = startProgram(['sync', 'sandbox', '--local', '--config', document], env);
  while (!/plan|apply/.test(running.said().err)) await sleep(20);
  await running.kill('SIGTERM');
  assert.equal(await running.ended, 1);
  assert.match(`${running.said().out}${running.said().err}`, /cancelled|stopped before the run had ended/);
  assert.deepEqual(await processes(), []);
});
