import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import {
  AssumptionsWire,
  CheckedWire,
  ConnectorCheckWire,
  ConnectorWire,
  ExplanationWire,
  LinkWire,
  SourceAttributesWire,
} from '../../src/api/schemas/connectors.ts';
import { AppliedWire, DiffWire, DocumentWire } from '../../src/api/schemas/document.ts';
import { ReportWire, RunWire, StartedWire } from '../../src/api/schemas/runs.ts';
import { ScheduleListWire } from '../../src/api/schemas/schedules.ts';
import { WhyWire } from '../../src/api/schemas/targets.ts';
import { registerConfig } from '../../src/cli/commands/config.ts';
import { registerExplain } from '../../src/cli/commands/explain.ts';
import { registerWhatIf } from '../../src/cli/commands/what-if.ts';
import { runProgram } from '../../src/cli/program.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { createClient } from '../../src/client/client.ts';
import { followRun } from '../../src/client/follow.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { config } from '../../src/server/documents.ts';
import { shownCommands, shownTemporalLines, wordsOf } from '../fixtures/documentation.ts';
import { startProgram } from '../fixtures/processes.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'attune-edit-'));
const sandbox = await startSandbox({ users: 60 });
const control = openControl(sandbox.urls.control);
const document = join(dataDir, 'attune.yaml');
await writeFile(document, sandbox.document);
const env = {
  ...sandbox.secrets,
  ATTUNE_DATA_DIR: dataDir,
  ATTUNE_PORT: '0',
  TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
};
const server = startProgram(['serve', '--config', document], env);
let access = { url: '', token: '' };

before(async () => {
  await server.says(/connectors/);
  const written = await readAccess(dataDir);
  assert.ok(written);
  access = written;
});

after(async () => {
  await server.kill('SIGTERM');
  await sandbox.close();
  await removeDataDir(dataDir);
});

const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const answer = await fetch(new URL(path, access.url), {
    method,
    headers: {
      authorization: `Bearer ${access.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: z.json().parse(await answer.json()) };
};

const read = async <T>(schema: z.ZodType<T>, ...request: Parameters<typeof call>): Promise<T> => {
  const { status, body } = await call(...request);
  assert.ok(status < 300, JSON.stringify(body));
  return schema.parse(body);
};

const attribute = 'userProperty:Desk';
const row = { userProperty: 'Desk', from: 'onPremisesExtensionAttributes.extensionAttribute2', transforms: ['upper'] };
const Definition = z.looseObject({
  connector: z.looseObject({
    to: z.tuple([z.looseObject({ target: z.string(), attributes: z.array(z.json()) }), z.looseObject({})]),
  }),
});

/** Somebody of the directory whom both products know, with the desk that the test gives to her. */
const person = { id: '', login: '', account: '' };
const desk = 'k-17 "left"';

test('an admin takes the connector over, and opens its provisioning settings', async () => {
  const accounts = new Set((await control.accounts('jira')).map(({ username }) => username));
  for (const { id, userPrincipalName, userType, accountEnabled, employeeType } of await control.people()) {
    const login = String(userPrincipalName);
    const account = login.split('@')[0]?.toLowerCase() ?? '';
    const usual = userType === 'Member' && accountEnabled === true && employeeType !== 'Service';
    if (usual && accounts.has(account)) Object.assign(person, { id, login, account });
  }
  assert.notEqual(person.id, '');
  const edited = await fetch(new URL(`/people/${person.id}`, sandbox.urls.control), {
    method: 'PATCH',
    body: JSON.stringify({ onPremisesExtensionAttributes: { extensionAttribute2: desk } }),
  });
  assert.equal(edited.status, 200, await edited.text());
  const opened = await read(ConnectorWire, 'GET', '/api/connectors/sandbox');
  assert.equal(opened.managedBy, 'file');
  const refused = await call(
    'PUT',
    '/api/connectors/sandbox',
    { definition: opened.definition },
    { 'if-match': '"1"' },
  );
  assert.equal(refused.status, 409, 'what comes from a file is not edited beside it');
  assert.equal((await read(ConnectorWire, 'POST', '/api/connectors/sandbox/import', { to: 'api' })).managedBy, 'api');
});

test('she looks the source attributes up; a full path that is not in the list can be typed too', async () => {
  const { attributes } = await read(SourceAttributesWire, 'GET', '/api/connectors/sandbox/source-attributes');
  const offered = attributes.map(({ path }) => path);
  for (const path of ['companyName', 'jobTitle', 'manager.displayName']) assert.ok(offered.includes(path), path);
  assert.ok(attributes.some(({ example }) => example !== null));
});

const withRow = async (added: object): Promise<{ definition: object; mapping: object; etag: string }> => {
  const { body, etag } = await call('GET', '/api/connectors/sandbox');
  const { definition } = ConnectorWire.parse(body);
  const { connector, ...rest } = Definition.parse(definition);
  const [jira, wiki] = connector.to;
  const to = [{ ...jira, attributes: [...jira.attributes, added] }, wiki];
  return { definition: { ...rest, connector: { ...connector, to } }, mapping: { scope: connector.scope, to }, etag };
};

test('a User Property without a name is refused where it stands', async () => {
  const { definition } = await withRow({ from: row.from });
  const checked = await read(CheckedWire, 'POST', '/api/connectors/sandbox/validate', { definition });
  assert.equal(checked.ok, false);
  const [problem] = checked.problems;
  assert.equal(problem?.path, 'connector.to[0].attributes[4]');
  assert.match(problem?.message ?? '', /must name one attribute/);
});

test('before anything is saved she sees what the new row makes of a real person', async () => {
  const { mapping } = await withRow(row);
  const told = await read(ExplanationWire, 'POST', '/api/connectors/sandbox/explain', { user: person.login, mapping });
  assert.equal(told.unsaved, true);
  assert.equal(told.person, person.id);
  assert.deepEqual(told.source.onPremisesExtensionAttributes, { extensionAttribute2: desk });
  const { jira } = told.targets;
  assert.ok(jira);
  assert.deepEqual(jira.account, { username: person.account, by: 'match' });
  assert.equal(jira.outcome, 'planned');
  const step = jira.steps.find((one) => one.step === 'row' && one.attribute === attribute);
  assert.deepEqual(step?.step === 'row' && [step.row, step.found, step.transformed], [
    4,
    [desk],
    [[desk.toUpperCase()]],
  ]);
  const decision = jira.attributes.find((one) => one.attribute === attribute);
  assert.deepEqual([decision?.before, decision?.after, decision?.decision], [null, desk.toUpperCase(), 'set']);
  const { writes } = await control.traffic('jira');
  assert.deepEqual(writes, [], 'explaining writes nothing');
});

test('a mapping that is wrong is not explained, and an explanation reaches no other host', async () => {
  const { mapping } = await withRow({ ...row, from: 'companyName & ' });
  const wrong = await call('POST', '/api/connectors/sandbox/explain', { user: person.login, mapping });
  assert.equal(wrong.status, 422);
  assert.match(JSON.stringify(wrong.body), /mapping\.to\[0\]\.attributes\[4\]\.from/);
  const source = { kind: 'entra', endpoints: { login: 'http://127.0.0.1:1', graph: 'http://127.0.0.1:1' } };
  const elsewhere = { ...(await withRow(row)).mapping, source };
  assert.equal((await call('POST', '/api/connectors/sandbox/explain', { user: 'x', mapping: elsewhere })).status, 400);
});

test('she saves it, syncs that one person, and sees the value', async () => {
  const { definition, etag } = await withRow(row);
  const body = { definition, comment: 'where people sit' };
  assert.equal((await call('PUT', '/api/connectors/sandbox', body, { 'if-match': '"99"' })).status, 412);
  const stored = await call('PUT', '/api/connectors/sandbox', body, { 'if-match': etag });
  assert.equal(stored.status, 200, JSON.stringify(stored.body));
  const client = createClient(access);
  const { run } = await client.post('/api/connectors/sandbox/runs', { user: person.login }, StartedWire);
  const ended = await followRun(client, run, { show: () => undefined, end: () => undefined });
  assert.equal(ended.status, 'done');
  const account = (await control.accounts('jira')).find(({ username }) => username === person.account);
  assert.equal(account?.properties.Desk, desk.toUpperCase());
});

test('afterwards she can tell why the value stands there', async () => {
  const asked = { account: person.account, attribute };
  const why = await read(WhyWire, 'POST', '/api/targets/jira/why', asked);
  assert.deepEqual(
    [why.origin, why.value, why.connector, why.person],
    ['written', desk.toUpperCase(), 'sandbox', person.id],
  );
  assert.deepEqual([why.write?.version, why.write?.row], [2, 4]);
  assert.deepEqual(why.rows, [{ row: 4, when: null, from: row.from }]);
  assert.equal((await read(RunWire, 'GET', `/api/runs/${why.write?.run}`)).person, person.id);
  await fetch(new URL('/accounts/jira', sandbox.urls.control), {
    method: 'POST',
    body: JSON.stringify({ set: person.account, attribute: 'Desk', value: 'by hand' }),
  });
  assert.equal((await read(WhyWire, 'POST', '/api/targets/jira/why', asked)).origin, 'changedSince');
  assert.equal((await call('POST', '/api/targets/jira/why', { account: 'nobody', attribute })).status, 404);
  assert.equal((await call('POST', '/api/targets/nowhere/why', asked)).status, 404);
});

test('everything a run needs is looked at in order, and a write test leaves the account as it was', async () => {
  const held = async () => (await control.accounts('jira')).find(({ username }) => username === person.account);
  const before = await held();
  const writeTest = { account: person.account, target: 'jira' };
  const checked = await read(ConnectorCheckWire, 'POST', '/api/connectors/sandbox/check', { writeTest });
  const { source, targets } = checked;
  assert.deepEqual(
    source.map(({ what, ok }) => [what, ok]),
    [
      ['credential', true],
      ['sign-in and permissions', true],
      ['listing of what the mapping reads', true],
    ],
  );
  assert.deepEqual(
    targets.jira?.map(({ what, ok }) => [what, ok]),
    [
      ...['reachable', 'version', 'clock', 'login', 'rate limit', 'secure administrator session', 'administrator'],
      ...['account listing', 'attributes of users'],
      ...['Company', 'Cost center', 'Manager', 'Employee ID', 'Desk'].map((name) => `write userProperty:${name}`),
    ].map((what) => [what, true]),
  );
  assert.ok(targets.wiki?.every(({ ok, what }) => ok && !what.startsWith('write')));
  assert.deepEqual(await held(), before);
  const forbidden = { writeTest: { account: 'svc-attune', target: 'jira' } };
  const refused = await read(ConnectorCheckWire, 'POST', '/api/connectors/sandbox/check', forbidden);
  assert.match(refused.targets.jira?.at(-1)?.found ?? '', /protected/);
});

test('everything Attune relies on is tried and none is red; the evidence names nobody', async () => {
  const { targets } = await read(AssumptionsWire, 'POST', '/api/connectors/sandbox/assumptions', {});
  assert.deepEqual(Object.keys(targets).sort(), ['jira', 'wiki']);
  for (const { lines, evidence } of Object.values(targets)) {
    assert.deepEqual(
      lines.filter(({ state }) => state === 'doesNot'),
      [],
    );
    assert.ok(evidence.exchanges.length > 5);
    assert.equal(JSON.stringify(evidence).includes(person.account), false);
  }
});

test('a link made by hand decides from then on, and only one person can have it', async () => {
  const other = (await control.accounts('jira')).findLast(
    ({ username, active }) => active && username !== person.account && username.includes('.'),
  );
  assert.ok(other);
  const link = { user: person.login, target: 'jira', account: other.username };
  assert.deepEqual(await read(LinkWire, 'POST', '/api/connectors/sandbox/links', link), {
    person: person.id,
    account: other.username,
  });
  const told = await read(ExplanationWire, 'POST', '/api/connectors/sandbox/explain', { user: person.id });
  assert.deepEqual(told.targets.jira?.account, { username: other.username, by: 'byHand' });
  assert.equal((await call('POST', '/api/connectors/sandbox/links', { ...link, account: 'svc-attune' })).status, 422);
  assert.equal((await call('POST', '/api/connectors/sandbox/links', { ...link, account: 'nobody' })).status, 404);
  const { user, target } = link;
  const removed = await call('POST', '/api/connectors/sandbox/links/remove', { user, target });
  assert.deepEqual(removed.body, { person: person.id });
  assert.equal((await call('POST', '/api/connectors/sandbox/links/remove', { user, target })).status, 404);
});

test('a removed row leaves its values until somebody asks for their clearing, which the guard judges', async () => {
  const client = createClient(access);
  const silent = { show: () => undefined, end: () => undefined };
  const syncAll = async () => {
    const { run } = await client.post('/api/connectors/sandbox/runs', {}, StartedWire);
    return followRun(client, run, silent);
  };
  const cities = async () => (await control.accounts('jira')).filter(({ properties }) => properties.City !== undefined);
  const { definition, etag } = await withRow({ userProperty: 'City', from: 'city' });
  assert.equal((await call('PUT', '/api/connectors/sandbox', { definition }, { 'if-match': etag })).status, 200);
  await syncAll();
  const written = await cities();
  assert.ok(written.length > 20);
  const { document } = await read(DocumentWire, 'GET', '/api/document');
  const without = JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
    Array.isArray(value) ? value.filter((one) => one?.userProperty !== 'City') : value,
  );
  const { connectors } = await read(DiffWire, 'POST', '/api/document/diff', { document: without });
  const [orphan] = connectors[0]?.orphans ?? [];
  assert.equal(orphan?.attribute, 'userProperty:City');
  await read(AppliedWire, 'PUT', '/api/document', { document: without });
  assert.equal((await syncAll()).status, 'done');
  assert.deepEqual(await cities(), written);
  const applied = await read(AppliedWire, 'PUT', '/api/document', { document: without, clearRemoved: true });
  assert.deepEqual(applied.cleared, [{ connector: 'sandbox', ...orphan }]);
  const held = await syncAll();
  assert.equal(held.status, 'awaitingApproval');
  assert.deepEqual(await cities(), written);
  await read(z.json(), 'POST', `/api/runs/${held.id}/approve`, {});
  const cleared = await followRun(client, held.id, silent);
  assert.match(cleared.status, /^done/);
  assert.deepEqual(await cities(), []);
});

test('every command that the pages show runs as it stands there, but for the names of what is there', async () => {
  const attune = async (words: readonly string[]) => {
    const said: string[] = [];
    const say = (text: string) => void said.push(text);
    const { url, token } = access;
    const io = { out: say, err: say, env: { ATTUNE_URL: url, ATTUNE_TOKEN: token }, live: false };
    const load = async () => ({ read: config.readDocument, schema: config.jsonSchema });
    const code = await runProgram(words, io, '0.0.0', (cli) => {
      registerConfig(cli, load);
      registerExplain(cli, load);
      registerWhatIf(cli, load);
    });
    return { code, said: said.join('\n') };
  };
  let edits = 0;
  /** A plan that has something of either target to decide over. */
  const planned = async (): Promise<string> => {
    edits += 1;
    const changed = { companyName: `Firm ${edits}`, employeeId: `E${edits}`, jobTitle: `Job ${edits}` };
    await fetch(new URL(`/people/${person.id}`, sandbox.urls.control), {
      method: 'PATCH',
      body: JSON.stringify(changed),
    });
    const { said } = await attune(['sync', 'sandbox', '--plan', '--json']);
    return ReportWire.parse(JSON.parse(said)).run;
  };
  const standing: Readonly<Record<string, string>> = {
    acme: 'sandbox',
    'adele.vance@acme.example': person.login,
    'jira-eu': 'jira',
    avance: person.account,
    'attune.yaml': document,
  };
  const commands = shownCommands();
  assert.ok(commands.length > 15);
  for (const line of new Set(commands)) {
    const words = wordsOf(line);
    const run = words.includes('<run>') ? await planned() : '';
    const { code, said } = await attune(words.map((word) => (word === '<run>' ? run : (standing[word] ?? word))));
    assert.equal(code, 0, `attune ${line}: ${said}`);
  }
});

test('every command of Temporal’s that the pages show does what they say, at the address the server names', async () => {
  const { document: stored } = await read(DocumentWire, 'GET', '/api/document');
  const scheduled = JSON.parse(JSON.stringify(stored), (key, value: unknown) =>
    key === 'schedules' ? [{ every: '4h', mode: 'verify' }] : value,
  );
  for (const connector of scheduled.connectors) connector.schedules = [{ every: '4h', mode: 'verify' }];
  await read(AppliedWire, 'PUT', '/api/document', { document: scheduled });
  const [, address = ''] = /^ {2}Temporal +(\S+) /m.exec(server.said().out) ?? [];
  const lines = shownTemporalLines().filter((line) => !line.endsWith('--unpause'));
  assert.ok(lines.length >= 3, lines.join('\n'));
  for (const line of lines) {
    const words = wordsOf(line.replaceAll('acme', 'sandbox')).slice(1);
    const { stdout } = await promisify(execFile)(env.TEMPORAL_CLI_PATH, words, {
      env: { PATH: process.env.PATH, HOME: dataDir, TEMPORAL_ADDRESS: address },
    });
    if (words[0] === 'schedule') {
      const { schedules } = await read(ScheduleListWire, 'GET', '/api/connectors/sandbox/schedules');
      assert.deepEqual(
        schedules.map(({ paused }) => paused),
        [words.includes('--pause')],
        line,
      );
    } else {
      const [, run = ''] = /RunId +(\S+)/.exec(stdout) ?? [];
      const { status } = await followRun(createClient(access), run, { show: () => undefined, end: () => undefined });
      assert.match(status, /^done/, `${line}: ${stdout}`);
    }
  }
});

test('a server that is stopped ends its sessions at the products', async () => {
  await server.kill('SIGTERM');
  const Journal = z.object({
    entries: z.array(z.object({ method: z.string(), path: z.string(), status: z.number() })),
  });
  const lastOf = async (service: string) => {
    const answer = await fetch(new URL(`/journal?service=${service}`, sandbox.urls.control));
    return Journal.parse(await answer.json()).entries.at(-1);
  };
  assert.deepEqual(await lastOf('jira'), { method: 'DELETE', path: '/rest/auth/1/session', status: 204 });
  const wiki = await lastOf('confluence');
  assert.deepEqual([wiki?.path, wiki?.status], ['/logout.action', 302]);
});
