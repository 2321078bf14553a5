import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { emptyDatabase } from '../fixtures/database.ts';
import { startProgram } from '../fixtures/processes.ts';

/** What has not ended by then hangs. How soon it ends on an idle machine is nothing that a test could tell. */
const patienceMs = 180_000;
const nowhere = 'http://127.0.0.1:1';

const dataDir = await mkdtemp(join(tmpdir(), 'attune-bad-'));
const sandbox = await startSandbox({ users: 100 });
const control = openControl(sandbox.urls.control);
const ask = (method: string, path: string, body?: object) =>
  fetch(new URL(path, sandbox.urls.control), { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const ordinary = (await control.accounts('jira')).find(({ username, active }) => active && username.includes('.'));
assert.ok(ordinary);
await ask('POST', '/options/jira', { logins: { [ordinary.username]: 'ordinary-password' } });

const connector = z.looseObject({ source: z.looseObject({ auth: z.looseObject({}) }), to: z.array(z.looseObject({})) });
const good = z
  .object({
    targets: z.record(z.string(), z.looseObject({ url: z.string(), auth: z.looseObject({}) })),
    connectors: z.tuple([connector]),
  })
  .parse(parse(sandbox.document));
const [usual] = good.connectors;
const jira = good.targets.jira ?? assert.fail();
const [toJira = {}] = usual.to;

/** Connectors that are each wrong in one way, so that one server serves all cases. */
const variant = (id: string, change: { source?: object; target?: object }) => ({
  connector: {
    ...usual,
    id,
    // The two that are down would be waited for.
    patience: '0m',
    source: { ...usual.source, ...change.source },
    to: change.target === undefined ? [toJira] : [{ ...toJira, target: `${id}-jira` }],
  },
  targets: change.target === undefined ? {} : { [`${id}-jira`]: { ...jira, ...change.target } },
});
const variants = [
  variant('wrong-secret', { source: { auth: { ...usual.source.auth, clientSecret: { env: 'ATTUNE_SECRET_WRONG' } } } }),
  variant('unset-secret', { source: { auth: { ...usual.source.auth, clientSecret: { env: 'ATTUNE_SECRET_UNSET' } } } }),
  variant('provider-down', { source: { endpoints: { login: nowhere, graph: nowhere } } }),
  variant('wrong-password', { target: { auth: { ...jira.auth, password: { env: 'ATTUNE_SECRET_WRONG' } } } }),
  variant('no-admin', {
    target: { auth: { username: ordinary.username, password: { env: 'ATTUNE_SECRET_ORDINARY' } } },
  }),
  variant('target-down', { target: { url: nowhere } }),
];
const document = join(dataDir, 'attune.yaml');
await writeFile(
  document,
  stringify({
    targets: Object.assign({}, good.targets, ...variants.map(({ targets }) => targets)),
    connectors: [usual, ...variants.map((one) => one.connector)],
  }),
);
const env = {
  ...sandbox.secrets,
  ATTUNE_SECRET_WRONG: 'wrong',
  ATTUNE_SECRET_ORDINARY: 'ordinary-password',
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
};
const server = startProgram(['serve', '--config', document], env);
await server.says(/connectors/);
const access = (await readAccess(dataDir)) ?? assert.fail('the server left no address');

after(async () => {
  await server.kill('SIGTERM');
  await sandbox.close();
  await removeDataDir(dataDir);
});

/** Runs a command to its end, which must come in time. */
const attune = async (args: readonly string[], over: NodeJS.ProcessEnv = {}) => {
  const running = startProgram(args, { ...env, ...over });
  const code = await Promise.race([running.ended, sleep(patienceMs, 'too late' as const, { ref: false })]);
  if (code === 'too late') await running.kill('SIGKILL');
  return { code, ...running.said() };
};

const report = z.object({ status: z.string(), failure: z.object({ kind: z.string(), message: z.string() }) });

const runs: readonly { id: string; kind: string; says: RegExp }[] = [
  { id: 'wrong-secret', kind: 'auth', says: /secret/i },
  { id: 'unset-secret', kind: 'config', says: /ATTUNE_SECRET_UNSET is not set.*Set this variable/ },
  { id: 'provider-down', kind: 'unavailable', says: /cannot be reached|does not answer|reach/i },
  { id: 'wrong-password', kind: 'auth', says: /password of the service account is refused.*auth\.password/ },
  { id: 'no-admin', kind: 'forbidden', says: /Jira Administrators/ },
  { id: 'target-down', kind: 'unavailable', says: /reach|answer/i },
];

for (const { id, kind, says } of runs) {
  test(`a run of ${id} fails as ${kind} and says what to do`, async () => {
    const { code, out } = await attune(['sync', id, '--json']);
    assert.equal(code, 1);
    const { status, failure } = report.parse(JSON.parse(out));
    assert.equal(status, 'failed');
    assert.equal(failure.kind, kind, failure.message);
    assert.match(failure.message, says);
    assert.doesNotMatch(failure.message, /ordinary-password|wrong-secret-value/);
  });
}

test('a page that is not JSON fails the run by its shape', async () => {
  await ask('POST', '/faults', { service: 'entra', path: '^/v1.0/users$', effect: { kind: 'html' } });
  const { code, out } = await attune(['sync', 'sandbox', '--json']);
  await ask('DELETE', '/faults');
  assert.equal(code, 1);
  const { failure } = report.parse(JSON.parse(out));
  assert.equal(failure.kind, 'wrongShape', failure.message);
});

test('an unknown connector is told by name of the command that lists them', async () => {
  const { code, out } = await attune(['sync', 'nope', '--json']);
  assert.equal(code, 1);
  const { error } = z.object({ error: z.object({ kind: z.string(), message: z.string() }) }).parse(JSON.parse(out));
  assert.equal(error.kind, 'notFound');
  assert.match(error.message, /attune connectors/);
});

test('a malformed document tells everything at once, each with its place, offline and at start', async () => {
  const bad = join(dataDir, 'bad.yaml');
  await writeFile(
    bad,
    'targets:\n  jira: { kind: jira, url: "ftp://x" }\nconnectors:\n  - id: "No good"\n    source: { kind: entra }\n',
  );
  const checked = await attune(['config', 'check', bad, '--json']);
  assert.equal(checked.code, 1);
  const { problems } = z
    .object({
      problems: z.array(z.object({ path: z.string(), line: z.int(), message: z.string(), remedy: z.string() })),
    })
    .parse(JSON.parse(checked.out));
  const paths = problems.map(({ path }) => path);
  for (const path of ['targets.jira.url', 'targets.jira.auth', 'connectors[0].id', 'connectors[0].source.tenant']) {
    assert.ok(paths.includes(path), `${path} is missing in ${paths.join(', ')}`);
  }
  const elsewhere = { ATTUNE_DATA_DIR: join(dataDir, 'elsewhere') };
  const served = await attune(['serve', '--config', bad], elsewhere);
  assert.equal(served.code, 1);
  for (const { path } of problems) assert.ok(served.err.includes(path), `${path} is missing in what serve says`);
});

test('a call without a token, and one with a wrong token, are refused and told so', async () => {
  const url = new URL('/api/connectors', access.url);
  const problem = z.object({ kind: z.string(), detail: z.string() });
  for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
    const answer = await fetch(url, { headers });
    assert.equal(answer.status, 401);
    assert.equal(problem.parse(await answer.json()).kind, 'unauthenticated');
  }
  const { code, err } = await attune(['connectors'], { ATTUNE_URL: access.url, ATTUNE_TOKEN: 'wrong' });
  assert.equal(code, 1);
  assert.match(err, /token/i);
});

test('wrong usage ends with 2', async () => {
  assert.equal((await attune(['sync'])).code, 2);
  assert.equal((await attune(['sync', 'sandbox', '--delta', '--verify'])).code, 2);
  assert.equal((await attune(['nonsense'])).code, 2);
});

const starts: readonly { what: string; env: (free: string) => NodeJS.ProcessEnv; says: RegExp }[] = [
  {
    what: 'a database that is down',
    env: () => ({
      ATTUNE_DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x',
      ATTUNE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    }),
    says: /database|PostgreSQL/i,
  },
  { what: "a database of one's own without keys", env: (url) => ({ ATTUNE_DATABASE_URL: url }), says: /ATTUNE_KEYS/ },
  {
    what: 'a Temporal server that is down',
    env: () => ({ TEMPORAL_ADDRESS: '127.0.0.1:1' }),
    says: /Temporal.*127\.0\.0\.1:1.*TEMPORAL_ADDRESS/,
  },
  {
    what: 'a port that is taken',
    env: () => ({ ATTUNE_PORT: new URL(access.url).port }),
    says: /cannot listen on 127\.0\.0\.1, port \d+: the port is taken\. .*ATTUNE_PORT/,
  },
  { what: 'a port that is none', env: () => ({ ATTUNE_PORT: 'many' }), says: /ATTUNE_PORT/ },
];

for (const { what, env: over, says } of starts) {
  test(`a start with ${what} ends with one sentence`, async () => {
    const database = await emptyDatabase();
    try {
      const fresh = { ATTUNE_DATA_DIR: join(dataDir, what.replaceAll(/\W/g, '')), ...over(database.url) };
      const { code, err } = await attune(['serve', '--config', document], fresh);
      assert.equal(code, 1, err);
      assert.match(err, says);
      assert.doesNotMatch(err, /\n {4}at /, 'no stack reaches an admin');
    } finally {
      await database.drop();
    }
  });
}

test('a taken port and a data directory that cannot be made are found before anything is set up', async () => {
  const taken = { ATTUNE_DATA_DIR: join(dataDir, 'untouched'), ATTUNE_PORT: new URL(access.url).port };
  assert.equal((await attune(['serve', '--config', document], taken)).code, 1);
  assert.equal(existsSync(taken.ATTUNE_DATA_DIR), false);
  const { code, err } = await attune(['serve', '--config', document], { ATTUNE_DATA_DIR: '/proc/x/y' });
  assert.equal(code, 1);
  assert.match(err, /^attune: The data directory \/proc\/x\/y cannot be created/m);
});

test('nothing was written by any of it', async () => {
  const counts = await control.counts();
  assert.deepEqual([counts['jira write'], counts['confluence write']], [undefined, undefined]);
});
