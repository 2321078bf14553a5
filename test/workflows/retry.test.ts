import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { sql } from 'kysely';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Report, RunMode } from '../../src/core/report/report.ts';
import type { SourceUser } from '../../src/core/values.ts';
import { insertStagedUsers } from '../../src/ledger/plan/staging.ts';
import { leftUndone, noteFailing, restingAmong } from '../../src/ledger/runs/failing.ts';
import { insertOutcomes, listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun, findRun, listRuns, type Run } from '../../src/ledger/runs/runs.ts';
import type { IdentitySource } from '../../src/sources/source.ts';
import type { Account } from '../../src/targets/target.ts';
import { newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource, memoryTarget } from '../fixtures/directory.ts';
import { defaultGuard, openTarget, titleMapping, workerFor } from '../fixtures/runs.ts';

const logins = ['ada', 'bob', 'cyd', 'dan'];
const accounts = logins.map((username): Account => ({ key: `key-${username}`, username, email: null, active: true }));
const people = new Map<string, SourceUser>();
const log: string[] = [];
const put = (login: string, title: string): void => {
  people.set(login, { id: login, attributes: { login, title } });
  log.push(login);
};
for (const login of logins) put(login, 'One');

const asked: string[] = [];
const listed = { pages: 0 };
const { source: listing } = memorySource(people, 50);
const source: IdentitySource = {
  ...listing,
  readPage: async (place, select, call) => {
    listed.pages += 1;
    if (place.at !== 'watermark') {
      const page = await listing.readPage(place, select, call);
      return page.end.more ? page : { ...page, end: { more: false, watermark: String(log.length) } };
    }
    const users = [...new Set(log.slice(Number(place.watermark)))].flatMap((id) => people.get(id) ?? []);
    return { users, bystanders: [], removed: [], end: { more: false, watermark: String(log.length) } };
  },
  readUser: async (key) => {
    asked.push(key);
    return people.get(key) ?? null;
  },
};

const refusing = new Set<string>();
const product = { away: false };
const tried: string[] = [];
const jira = memoryTarget(accounts, ({ username }) => {
  tried.push(username);
  if (product.away) return new Failure('unavailable', 'The product is away.');
  return refusing.has(username) ? new Failure('rejected', 'The form refuses.') : null;
});

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source,
  targets: new Map([['jira', openTarget('jira', jira.target, 2)]]),
  mapping: titleMapping(['jira']),
  guard: { ...defaultGuard, ignoreBelow: 1_000 },
});
after(async () => {
  await running.close();
  await database.close();
});
afterEach(() => {
  refusing.clear();
  product.away = false;
});

const ended = async (input: object): Promise<Run & { readonly report: Report }> => {
  asked.length = 0;
  tried.length = 0;
  listed.pages = 0;
  const { run: id } = await running.execute('fullSync', { connector: 'acme', ...input });
  const run = await findRun(ledger, id);
  assert.ok(run?.report);
  return { ...run, report: run.report };
};
const start = (mode: RunMode = 'full') => ended({ mode });
const outcomesOf = async ({ id }: Pick<Run, 'id'>): Promise<readonly string[]> =>
  (await listOutcomes(ledger, id, { after: null, limit: 99, target: null, outcome: null })).map(
    ({ person, outcome, reason }) => `${person} ${outcome} ${reason}`,
  );
const weekLater = async (): Promise<void> => {
  await sql`update failing set last_at = last_at - interval '7 days'`.execute(ledger.db);
};

test('whoever fails is tried by each run, five times in a row for one reason, then once a week', async () => {
  await start();
  put('bob', 'Two');
  refusing.add('bob');
  for (let night = 1; night <= 5; night += 1) {
    const run = await start();
    assert.deepEqual(tried, ['bob'], `night ${night}`);
    assert.deepEqual(run.report.failures, night === 1 ? { new: 1, known: 0 } : { new: 0, known: 1 });
    assert.equal(exitCodeOf(run), night === 1 ? 3 : 0);
  }
  for (const mode of ['full', 'verify'] as const) {
    const resting = await start(mode);
    assert.deepEqual(tried, [], mode);
    assert.deepEqual(await outcomesOf(resting), ['bob failed triedWeekly']);
    assert.deepEqual([resting.status, resting.report.failures], ['doneWithFailures', { new: 0, known: 1 }]);
    assert.equal(exitCodeOf(resting), 0, 'it is no news');
  }
  const [told] = await listOutcomes(ledger, (await start()).id, { after: null, limit: 1, target: null, outcome: null });
  assert.equal(told?.facts.said, 'The form refuses.');
  assert.ok(Date.parse(told?.facts.until ?? '') > Date.now() + 6 * 86_400_000, 'it says until when');

  await weekLater();
  const again = await start();
  assert.deepEqual([tried, await outcomesOf(again)], [['bob'], ['bob failed refused']]);
  assert.deepEqual(again.report.failures, { new: 0, known: 1 }, 'a week on it is still no news');
  await start();
  assert.deepEqual(tried, [], 'and another week');
});

test('another value, another reason or a try by hand comes at once; whoever is well begins anew', async () => {
  refusing.add('bob');
  put('bob', 'Three');
  await start();
  assert.deepEqual(tried, ['bob'], 'another value');
  await start();
  assert.deepEqual(tried, []);
  const { run } = await running.execute('syncUser', { connector: 'acme', user: 'bob' });
  assert.deepEqual(await outcomesOf({ id: run }), ['bob failed refused']);
  refusing.clear();
  await running.execute('syncUser', { connector: 'acme', user: 'bob' });
  assert.equal(jira.held.get('key-bob')?.get('userProperty:Title'), 'Three');
  const well = await start();
  assert.deepEqual([well.status, well.report.targets.jira?.unchanged], ['done', 4]);
  refusing.add('bob');
  put('bob', 'Four');
  assert.deepEqual((await start()).report.failures, { new: 1, known: 0 });
  await start();
  assert.deepEqual(tried, ['bob'], 'the row of five begins anew');
  refusing.clear();
  await start();
});

test('an increment asks for those who fail, and leaves those alone who are tried once a week', async () => {
  put('cyd', 'Two');
  refusing.add('cyd');
  for (let turn = 1; turn <= 5; turn += 1) {
    await start('delta');
    assert.deepEqual([asked, tried], [turn === 1 ? [] : ['cyd'], ['cyd']]);
  }
  const resting = await start('delta');
  assert.deepEqual([asked, resting.status], [[], 'done']);
  await weekLater();
  refusing.clear();
  await start('delta');
  assert.deepEqual([asked, tried], [['cyd'], ['cyd']]);
  await start('delta');
  assert.deepEqual(asked, []);
});

test('a product that is away for a week of nights is nobody’s own failure', async () => {
  const failedSo = async (reason: 'stepFailed' | 'refused'): Promise<readonly string[]> => {
    for (let night = 1; night <= 6; night += 1) {
      const id = `${reason}-${night}`;
      const run = { id, connector: 'other', readNo: 0, person: null, retryOf: null, targets: ['jira'] };
      await createRun(ledger, { ...newRun(id, 'other') });
      const staged = { target: 'jira', pos: 0, person: 'ada', desired: new Map(), rows: new Map(), match: [] };
      await insertStagedUsers(ledger, id, [
        { ...staged, digest: Buffer.from('d'), read: { at: new Date(), number: 1 } },
      ]);
      await insertOutcomes(ledger, id, [{ target: 'jira', person: 'ada', outcome: 'failed', reason }]);
      const told = { complete: true, everybody: false };
      await noteFailing(ledger, { ...run, intent: 'apply' }, told);
      // A run may be ended twice: held, then approved.
      await noteFailing(ledger, { ...run, intent: 'apply' }, told);
      if (night < 5) assert.deepEqual(await restingAmong(ledger, 'other', ['ada']), [], `night ${night}`);
    }
    return (await restingAmong(ledger, 'other', ['ada'])).map(({ person }) => person);
  };
  assert.deepEqual(await failedSo('stepFailed'), []);
  assert.deepEqual(await failedSo('refused'), ['ada'], 'as one would be');
});

/** Dan's account at the product. */
const activate = (active: boolean): void => {
  const at = accounts.findIndex(({ username }) => username === 'dan');
  const [dan] = accounts.splice(at, 1);
  assert.ok(dan);
  accounts.push({ ...dan, active });
};

test('whoever was skipped is looked at again by the next night, and by a retry at once', async () => {
  const skipped = async (title: string): Promise<Run> => {
    activate(false);
    await sql`delete from profile where person = 'dan'`.execute(ledger.db);
    put('dan', title);
    const run = await start();
    assert.deepEqual(await outcomesOf(run), ['dan skipped inactive']);
    activate(true);
    return run;
  };
  await skipped('Skipped');
  // What is known of an account that is not written holds for a little less than a day.
  for (const [table, at] of [
    ['looked_for', 'looked_at'],
    ['listed', 'listed_at'],
  ] as const) {
    await sql`update ${sql.table(table)} set ${sql.ref(at)} = ${sql.ref(at)} - interval '1 day'`.execute(ledger.db);
  }
  assert.deepEqual(await outcomesOf(await start()), ['dan updated written']);
  const { id } = await skipped('Skipped again');
  assert.deepEqual(await outcomesOf(await ended({ retry: id })), ['dan updated written']);
});

test('a retry tries the failed and skipped of a run again, reads nobody else and moves nothing', async () => {
  refusing.add('ada');
  refusing.add('bob');
  put('ada', 'Five');
  put('bob', 'Five');
  const failed = await start();
  assert.equal(failed.report.targets.jira?.failed, 2);
  put('cyd', 'not yet');
  refusing.delete('ada');
  const again = await ended({ retry: failed.id });
  assert.deepEqual([asked.toSorted(), tried.toSorted(), listed.pages], [['ada', 'bob'], ['ada', 'bob'], 0]);
  assert.deepEqual(await outcomesOf(again), ['bob failed refused', 'ada updated written']);
  assert.deepEqual([again.retryOf, again.mode, again.report.read.proof], [failed.id, 'delta', 'person']);
  assert.deepEqual(again.report.failures, { new: 0, known: 1 });
  assert.notEqual(again.guard, null, 'it was judged like any run');
  await start('delta');
  assert.deepEqual(tried.toSorted(), ['bob', 'cyd'], 'the place in the changes of the provider stands where it stood');
  const plan = await ended({ retry: failed.id, intent: 'plan' });
  assert.deepEqual([plan.status, tried], ['planned', []]);
});

test('whom a run that failed on the way did not reach, a retry tries; nobody of a run that the guard let fail', async () => {
  await start();
  for (const login of ['ada', 'bob']) put(login, 'Six');
  product.away = true;
  await assert.rejects(start());
  product.away = false;
  const [broken] = await listRuns(ledger, { connector: 'acme', limit: 1 });
  assert.equal(broken?.status, 'failed');
  const again = await ended({ retry: broken.id });
  assert.deepEqual(await outcomesOf(again), ['ada updated written', 'bob updated written']);
  assert.deepEqual(await leftUndone(ledger, again.id), []);
  const verdict = (breaches: readonly object[]) => sql`update run set status = 'failed',
    guard = ${JSON.stringify({ breaches })}::jsonb where id = 'judged'`;
  await createRun(ledger, newRun('judged'));
  await insertOutcomes(ledger, 'judged', [{ target: 'jira', person: 'ada', outcome: 'planned', reason: 'planned' }]);
  await verdict([{ rule: 'directoryShrink' }]).execute(ledger.db);
  assert.deepEqual(await leftUndone(ledger, 'judged'), []);
  await verdict([]).execute(ledger.db);
  assert.deepEqual(await leftUndone(ledger, 'judged'), ['ada']);
});

test('a retry of another connector’s run, or of none, fails at once', async () => {
  await assert.rejects(ended({ retry: 'no-such-run' }), (error) => {
    assert.ok(error instanceof WorkflowFailedError);
    return true;
  });
  const [run] = await listRuns(ledger, { connector: 'acme', limit: 1 });
  assert.match(run?.failure?.message ?? '', /There is no run no-such-run of acme/);
});
