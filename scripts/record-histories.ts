// Records the histories that test/workflows/replay.test.ts replays: one run of each kind over the sandbox.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { startSandbox } from '../sandbox/start.ts';
import { RunWire, StartedWire } from '../src/api/schemas/runs.ts';
import { readAccess } from '../src/client/access-file.ts';
import { createClient } from '../src/client/client.ts';
import { followRun } from '../src/client/follow.ts';
import type { QuestionName } from '../src/core/questions.ts';
import { removeDataDir } from '../src/embedded/data-dir.ts';
import { findTemporalCli } from '../src/embedded/temporal/find-cli.ts';
import { startEmbeddedTemporal } from '../src/embedded/temporal/start.ts';
import { taskQueue } from '../src/temporal/task-queue.ts';
import { startProgram } from '../test/fixtures/processes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const into = join(root, 'test', 'histories');
const quiet = { show: () => undefined, end: () => undefined };

/** Names of the recording machine, its processes and paths must not be kept. */
const neutral = (history: string): string => {
  const plain: unknown = JSON.parse(history, (key, value: unknown) => (key === 'identity' ? 'worker' : value));
  return `${JSON.stringify(plain, null, 1).replaceAll(root, '').replaceAll(`@${hostname()}`, '@host')}
`;
};

const dataDir = await mkdtemp(join(tmpdir(), 'attune-histories-'));
const cli = await findTemporalCli(join(root, '.attune'), process.env);
const temporal = await startEmbeddedTemporal({ cli, dataDir, ui: false });
const sandbox = await startSandbox({ users: 300 });
const document = join(dataDir, 'attune.yaml');
const receiver = createServer((_request, response) => response.writeHead(204).end());
await once(receiver.listen(0, '127.0.0.1'), 'listening');
const place = receiver.address();
if (place === null || typeof place === 'string') throw new Error('The receiver of notices does not listen.');
const notify = '    notify:\n      - { webhook: { env: ATTUNE_SECRET_HOOK }, key: { env: ATTUNE_SECRET_HOOK_KEY } }\n';
await writeFile(document, `${sandbox.document}${notify}`);
const env = {
  ...sandbox.secrets,
  ATTUNE_SECRET_HOOK: `http://127.0.0.1:${place.port}/`,
  ATTUNE_SECRET_HOOK_KEY: 'key of the receiver',
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  TEMPORAL_ADDRESS: temporal.address,
};
const server = startProgram(['serve', '--config', document], env);
await server.says(/connectors/);
const access = await readAccess(dataDir);
if (access === null) throw new Error('The server left no address.');
const api = createClient(access);
const connection = await Connection.connect({ address: temporal.address });
const client = new Client({ connection });

const runs = '/api/connectors/sandbox/runs';
const run = async (body: object): Promise<string> => (await api.post(runs, body, StartedWire)).run;
const ended = async (id: string) => followRun(api, id, quiet);
const control = (method: string, path: string, body?: object) =>
  fetch(new URL(path, sandbox.urls.control), { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

await rm(into, { recursive: true, force: true });
await mkdir(into, { recursive: true });
const kept = new Set<string>();
/** Keeps one history of each workflow type that ran since the last scene. */
const keep = async (scene: string): Promise<void> => {
  // Temporal's list follows what happens by a moment.
  for (let running = true; running; ) {
    await sleep(2_000);
    running = false;
    for await (const { status } of client.workflow.list()) running ||= status.name === 'RUNNING';
  }
  const types = new Set<string>();
  for await (const { workflowId, runId, type, status } of client.workflow.list()) {
    if (kept.has(runId)) continue;
    kept.add(runId);
    if (types.has(type) || status.name === 'RUNNING') continue;
    types.add(type);
    const history = historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory());
    await writeFile(join(into, `${type}-${scene}.json`), neutral(history));
  }
};

await ended(await run({ mode: 'full', intent: 'plan' }));
await keep('planned');
const held = await run({ mode: 'full', intent: 'plan' });
await ended(held);
await api.post(`/api/runs/${held}/approve`, null, StartedWire);
await ended(held);
await keep('approved');
await control('POST', '/people/edit', { count: 20 });
await ended(await run({ mode: 'full' }));
await keep('done');
/** The mapping of a connector as the API shows it. */
const DefinitionOfScene = z.object({ definition: z.object({ connector: z.object({ to: z.array(z.unknown()) }) }) });
const state = z.array(z.object({ userPrincipalName: z.string() }));
const [person] = state.parse(await (await control('GET', '/stores/entra')).json());
await ended(await run({ user: person?.userPrincipalName }));
await keep('onePerson');
const key = person?.userPrincipalName ?? '';
const account = key.split('@')[0] ?? '';
const about = '/api/connectors/sandbox';
const questions: Readonly<Record<QuestionName, () => Promise<unknown>>> = {
  explainUser: () => api.post(`${about}/explain`, { user: key }, z.unknown()),
  sourceAttributes: () => api.get(`${about}/source-attributes`, z.unknown()),
  samplePeople: () => api.post(`${about}/sample`, { size: 3 }, z.unknown()),
  whyValue: () => api.post('/api/targets/jira/why', { account, attribute: 'userProperty:Company' }, z.unknown()),
  linkUser: () => api.post(`${about}/links`, { user: key, target: 'jira', account }, z.unknown()),
  checkConnector: () => api.post(`${about}/check`, null, z.unknown()),
  whatIf: async () => {
    const {
      definition: { connector },
    } = DefinitionOfScene.parse(await api.get(about, z.unknown()));
    return api.post(`${about}/what-if`, { mapping: { to: connector.to } }, z.unknown());
  },
  testNotify: () => api.post(`${about}/notify/test`, null, z.unknown()),
};
for (const ask of Object.values(questions)) await ask();
await api.post(`${about}/links/remove`, { user: key, target: 'jira' }, z.unknown());
await client.workflow.execute('housekeeping', { taskQueue, workflowId: 'housekeeping' });
await keep('asked');
await control('POST', '/people/edit', { count: 200, seed: 2 });
await ended(await run({ mode: 'full' }));
await keep('held');
await control('POST', '/faults', { service: 'jira', path: 'EditUser', effect: { kind: 'delay', milliseconds: 1_500 } });
const cancelled = await run({ mode: 'verify' });
while ((await api.get(`/api/runs/${cancelled}`, RunWire)).phase !== 'plan') await sleep(100);
await api.post(`/api/runs/${cancelled}/cancel`, null, z.unknown());
await ended(cancelled);
await keep('cancelled');
await control('DELETE', '/faults');
await control('POST', '/faults', { service: 'entra', effect: { kind: 'status', status: 401 } });
await ended(await run({ mode: 'full' }));
await keep('failed');

await server.kill('SIGTERM');
await connection.close();
await temporal.stop();
await sandbox.close();
await removeDataDir(dataDir);
process.exit();
