import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { Report } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { findRun } from '../../src/ledger/runs/runs.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const account = (username: string, over: Partial<Account> = {}): Account => ({
  key: `key-${username}`,
  username,
  email: null,
  active: true,
  ...over,
});
const accounts = Array.from({ length: 450 }, (_, n) => account(`u${n}`));
const jira = memoryTarget(accounts);
const asked: string[] = [];
const target: Target = {
  ...jira.target,
  findAccounts: async (by, call) => {
    asked.push(by.value);
    return jira.target.findAccounts(by, call);
  },
};
const people = new Map<string, SourceUser>();
const person = (login: string, title = 'Clerk', id = `id-${login}`): void => {
  people.set(id, { id, attributes: { login, title } });
};

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(people, 100).source,
  targets: new Map([['jira', openTarget('jira', target, 4)]]),
  mapping: titleMapping(['jira']),
  guard: defaultGuard,
});
after(async () => {
  await running.close();
  await database.close();
});

type Ran = { readonly report: Report; readonly children: number; readonly listings: number; readonly asked: string[] };

const sync = async (input: object = {}, type = 'fullSync'): Promise<Ran> => {
  jira.journal.listings = 0;
  jira.journal.writes.length = 0;
  asked.length = 0;
  const { run } = await running.execute(type, { connector: 'acme', ...input });
  const found = await findRun(ledger, run);
  assert.ok(found?.report);
  const { events = [] } = await running.client.workflow.getHandle(found.workflowId).fetchHistory();
  const children = events?.filter((event) => event.startChildWorkflowExecutionInitiatedEventAttributes).length ?? 0;
  return { report: found.report, children, listings: jira.journal.listings, asked: [...asked].sort() };
};
const ends = async ({ report }: Ran): Promise<readonly string[]> =>
  (await listOutcomes(ledger, report.run, { after: null, limit: 100, target: null, outcome: null }))
    .map((one) => `${one.person} ${one.outcome} ${one.reason}`)
    .sort();
const ages = async (hours: number): Promise<void> => {
  await sql`update looked_for set looked_at = looked_at - make_interval(hours => ${hours})`.execute(ledger.db);
  await sql`update listed set listed_at = listed_at - make_interval(hours => ${hours})`.execute(ledger.db);
};

const stranger = (n: number): string => `stranger${n}`;

test('a listing is not repeated because of people who have no account, and no child is started for nothing', async () => {
  for (let n = 0; n < 450; n += 1) person(`u${n}`);
  for (let n = 0; n < 30; n += 1) person(stranger(n));
  const first = await sync();
  assert.deepEqual([first.listings, first.asked.length], [1, 0], 'thirty people are more than are asked for by name');
  assert.deepEqual([first.report.targets.jira?.updated, first.report.targets.jira?.unmatched], [450, 30]);
  assert.equal(first.children, 6, 'three batches to plan and three to apply');
  const second = await sync();
  assert.deepEqual([second.listings, second.asked, second.children], [0, [], 0]);
  assert.deepEqual([second.report.targets.jira?.unchanged, second.report.targets.jira?.unmatched], [450, 30]);
  assert.deepEqual(
    await ends(second),
    (await ends(first)).filter((end) => end.includes('unmatched')),
  );
});

test('only batches with somebody to work on are children of a run', async () => {
  person('u440', 'Chief');
  const { report, children, listings } = await sync();
  assert.equal(report.targets.jira?.updated, 1);
  assert.deepEqual([children, listings], [2, 0], 'one batch to plan and to apply');
});

test('a newcomer is asked for by name, and nobody else', async () => {
  accounts.push(account('new'));
  jira.held.set('key-new', new Map());
  person('new');
  const found = await sync();
  assert.deepEqual([found.listings, found.asked], [0, ['new']]);
  assert.equal(found.report.targets.jira?.updated, 1);
});

test('other keys are looked for at once', async () => {
  people.set(`id-${stranger(0)}`, { id: `id-${stranger(0)}`, attributes: { login: 'nobody', title: 'Clerk' } });
  assert.deepEqual((await sync()).asked, ['nobody']);
  assert.deepEqual((await sync()).asked, []);
});

test('whoever is known to be without an account still contests one that is found for somebody else', async () => {
  accounts.push(account(stranger(1)));
  jira.held.set(`key-${stranger(1)}`, new Map());
  person(stranger(1), 'Clerk', 'id-other');
  const contested = await sync();
  assert.deepEqual(contested.asked, [stranger(1)]);
  assert.deepEqual(jira.journal.writes, []);
  const both = (await ends(contested)).filter((end) => end.includes('accountClaimedTwice'));
  assert.deepEqual(both, ['id-other ambiguous accountClaimedTwice', `id-${stranger(1)} ambiguous accountClaimedTwice`]);
  const again = await sync();
  assert.deepEqual([again.listings, again.asked], [0, []]);
  assert.deepEqual(await ends(again), await ends(contested), 'what was found is known as well');
  people.delete('id-other');
  assert.equal((await sync()).report.targets.jira?.updated, 1, 'once nobody contests it, it is written');
});

test('an inactive account is known and not asked for again', async () => {
  accounts.push(account('left', { active: false }));
  jira.held.set('key-left', new Map());
  person('left');
  const [first, second] = [await sync(), await sync()];
  assert.deepEqual([first.asked, second.asked, second.listings], [['left'], [], 0]);
  assert.deepEqual(await ends(second), await ends(first));
  assert.ok((await ends(second)).includes('id-left skipped inactive'));
});

test('an account made since is found within twenty hours, and at once for one person', async () => {
  for (const n of [2, 3]) {
    accounts.push(account(stranger(n)));
    jira.held.set(`key-${stranger(n)}`, new Map());
  }
  assert.equal((await sync()).report.targets.jira?.updated, 0);
  const alone = await sync({ user: `id-${stranger(2)}` }, 'syncUser');
  assert.deepEqual([alone.asked, alone.report.targets.jira?.updated], [[stranger(2)], 1]);
  await ages(19);
  assert.deepEqual([(await sync()).listings], [0]);
  await ages(1);
  const listed = await sync();
  assert.deepEqual([listed.listings, listed.report.targets.jira?.updated], [1, 1]);
  assert.deepEqual(
    jira.journal.writes.map(({ username }) => username),
    [stranger(3)],
  );
});

test('a run that verifies lists whatever is known', async () => {
  assert.deepEqual([(await sync({ mode: 'verify' })).listings, (await sync()).listings], [1, 0]);
});
