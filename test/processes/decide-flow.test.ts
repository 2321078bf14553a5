import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { removeDataDir } from '../../src/embedded/data-dir.ts';
import { startProgram } from '../fixtures/processes.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'attune-decide-'));
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
before(() => server.says(/connectors/));
after(async () => {
  await server.kill('SIGTERM');
  await sandbox.close();
  await removeDataDir(dataDir);
});

/** What a command of its own process says, and how it ends. */
const attune = async (...args: readonly string[]) => {
  const command = startProgram(args, env);
  const code = await command.ended;
  const { out, err } = command.said();
  return { code, out, err, all: `${out}\n${err}` };
};

const ask = async (method: string, path: string, body: object): Promise<void> => {
  const answer = await fetch(new URL(path, sandbox.urls.control), { method, body: JSON.stringify(body) });
  assert.ok(answer.ok, await answer.text());
};

/** People whom Jira knows by their login, with the name of their account. */
const known = async (): Promise<readonly { readonly id: string; readonly account: string }[]> => {
  const accounts = new Set(
    (await control.accounts('jira')).filter(({ active }) => active).map(({ username }) => username),
  );
  const people = (await control.people()).map((person) => ({
    person,
    account: String(person.userPrincipalName).split('@')[0]?.toLowerCase() ?? '',
  }));
  const names = people.map(({ account }) => account);
  return people.flatMap(({ person: { id, userType, accountEnabled, employeeType }, account }) => {
    const isUsual = userType === 'Member' && accountEnabled === true && employeeType !== 'Service';
    const isAlone = names.indexOf(account) === names.lastIndexOf(account);
    return accounts.has(account) && isUsual && isAlone ? [{ id, account }] : [];
  });
};

const runIn = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? '';

test('attune retry tries those again whom a run could not write, and nobody else', async () => {
  assert.equal((await attune('sync', 'sandbox')).code, 0);
  const [one] = await known();
  assert.ok(one);
  await ask('PATCH', `/people/${one.id}`, { companyName: 'Tried again' });
  await ask('POST', '/faults', {
    service: 'jira',
    method: 'POST',
    path: 'EditUserPropert',
    effect: { kind: 'status', status: 400 },
  });
  const failed = await attune('sync', 'sandbox');
  assert.equal(failed.code, 3, failed.all);
  assert.match(failed.out, /Failures: 1 new, 0 known/);
  const run = runIn(failed.out);
  await fetch(new URL('/faults', sandbox.urls.control), { method: 'DELETE' });
  await control.clearJournal();

  const retry = await attune('retry', run);
  assert.equal(retry.code, 0, retry.all);
  assert.match(retry.out, new RegExp(`^sandbox, retry of the failed and skipped people of run ${run}, `));
  assert.deepEqual((await control.traffic('jira')).writes, [`${one.account} Company Tried again`]);
  const listed = await attune('runs', '--limit', '1');
  assert.match(listed.out, new RegExp(`sandbox +retry of ${run} +done`));
  const report = await attune('report', runIn(listed.out.split('\n')[1] ?? ''), '--json');
  assert.equal(JSON.parse(report.out).retryOf, run);

  const gone = await attune('retry', 'no-such-run');
  assert.deepEqual([gone.code, /There is no run/.test(gone.err)], [1, true], gone.all);
});

test('a plan that is held is looked at, approved in part and done; the rest is planned again and rejected', async () => {
  const people = await known();
  assert.ok(people.length > 25, String(people.length));
  for (const { id } of people) await ask('PATCH', `/people/${id}`, { companyName: 'Contoso (renamed)' });
  for (const { id } of people.slice(0, 2)) await ask('PATCH', `/people/${id}`, { employeeId: 'E-NEW' });
  await control.clearJournal();
  const held = await attune('sync', 'sandbox');
  assert.equal(held.code, 4, held.all);
  const run = runIn(held.out);
  const page = await attune('plan', run);
  assert.match(
    page.out,
    new RegExp(
      `^Held: ${people.length} people of \\d+ would change Company at jira\\.\nLikely cause: Nothing in the document`,
    ),
  );
  assert.match(page.out, /The one new value is nowhere in Company today\./);
  assert.match(page.out, /perAttribute\.changed \(jira, userProperty:Company\) +\d+ +\d+ +\d+ +exceeded/);
  assert.match(page.out, new RegExp(`Approve the rest: attune approve ${run} --without 'userProperty:Company'`));
  assert.deepEqual((await control.traffic('jira')).writes, [], 'nothing is written while it is held');

  // One person is not judged: every value is shown first, and what the held plan has of them is named before it is written.
  const third = people[2] ?? assert.fail();
  const shown = await attune('sync', 'sandbox', '--user', third.id, '--plan');
  assert.equal(shown.code, 0, shown.all);
  assert.match(
    shown.out,
    /The guard does not judge a run of one person\.\njira +userProperty:Company: ".*" -> "Contoso \(renamed\)"/,
  );
  assert.deepEqual((await control.traffic('jira')).writes, [], 'a plan of one person writes nothing either');
  const alone = await attune('sync', 'sandbox', '--user', third.id);
  assert.equal(alone.code, 0, alone.all);
  assert.match(
    alone.err,
    new RegExp(`Run ${run} holds userProperty:Company at jira for this person; it is written now anyway\\.`),
  );
  assert.match(alone.out, /The guard does not judge a run of one person\./);
  assert.deepEqual((await control.traffic('jira')).writes, [`${third.account} Company Contoso (renamed)`]);
  await control.clearJournal();

  const approved = await attune(
    'approve',
    run,
    '--without',
    'userProperty:Company',
    '--comment',
    'names are not agreed',
  );
  assert.equal(approved.code, 0, approved.all);
  assert.match(
    approved.out,
    /The plan was approved by local at .* without userProperty:Company: names are not agreed\./,
  );
  assert.deepEqual(
    (await control.traffic('jira')).writes.sort(),
    people
      .slice(0, 2)
      .map(({ account }) => `${account} Employee ID E-NEW`)
      .sort(),
  );

  await control.clearJournal();
  const again = await attune('sync', 'sandbox');
  assert.equal(again.code, 4, again.all);
  const rejected = await attune('reject', runIn(again.out), '--comment', 'ask HR first');
  assert.equal(rejected.code, 0, rejected.all);
  const late = await attune('approve', runIn(again.out));
  assert.deepEqual([late.code, /was rejected by local/.test(late.err)], [1, true], late.all);
  assert.deepEqual((await control.traffic('jira')).writes, []);
  await fetch(new URL(`/people/${third.id}`, sandbox.urls.control), { method: 'DELETE' });
  assert.equal((await attune('sync', 'sandbox')).code, 4);
  // What is held records nobody as gone; what is approved does.
  assert.match((await attune('leavers', 'sandbox')).out, /Nobody with a linked account is known to have left/);
  const newest = await attune('runs', '--limit', '1');
  assert.equal((await attune('approve', runIn(newest.out.split('\n')[1] ?? ''), '--comment', 'agreed')).code, 0);
  const leavers = await attune('leavers', 'sandbox');
  assert.match(leavers.out, new RegExp(`^jira .*${third.account}.* deleted .*kept`, 'm'), leavers.all);
  const trail = await attune('audit');
  assert.match(trail.out, /run\.reject +\S+ +ask HR first/);
});
