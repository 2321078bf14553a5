import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { storeLabels } from '../../src/ledger/links/labels.ts';
import { rememberProfiles } from '../../src/ledger/links/profiles.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { hasForgotten } from '../../src/ledger/plan/last-write.ts';
import { insertStagedUsers } from '../../src/ledger/plan/staging.ts';
import { pruneLedger } from '../../src/ledger/prune.ts';
import { storePage } from '../../src/ledger/reading/pages.ts';
import { leftUndone } from '../../src/ledger/runs/failing.ts';
import { listOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun, findRun, listRuns, storeVerdict } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

type Mode = 'full' | 'delta' | 'verify';
type Status = 'done' | 'failed' | 'planned' | 'awaitingApproval' | 'superseded';

const never = (): boolean => false;
const tables = [
  'run',
  'staged_user',
  'staged_key',
  'outcome',
  'packed_outcome',
  'change',
  'read_page',
  'decision',
  'label',
  'profile',
];

describe('what a run did is removed when its time is over', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const stored = async (connector: string, definition: object): Promise<void> => {
    await storeConnector(ledger, {
      connector,
      managedBy: 'file',
      definition: { connector: { ...definition } },
      createdBy: 'test',
      comment: null,
    });
  };

  /** A run of one connector as it stands that many days after its end: one person staged, one change, two outcomes. */
  const past = async (
    connector: string,
    id: string,
    days: number,
    { mode = 'full', status = 'done', person = null }: { mode?: Mode; status?: Status; person?: string | null } = {},
  ): Promise<string> => {
    const run = `${connector}-${id}`;
    await createRun(ledger, { ...newRun(run, connector), mode, person });
    const read = { number: 1, at: new Date() };
    await storePage(ledger, run, {
      readNo: 0,
      pageNo: 0,
      place: mode === 'delta' ? 'a place' : null,
      next: null,
      watermark: null,
      ended: true,
      seen: [`ann of ${run}`, `ben of ${run}`],
      again: [],
      read,
      taken: { mapped: true, unchanged: {}, staged: [], kept: [], labels: [], reads: [], outcomes: [], coverage: {} },
    });
    await insertStagedUsers(ledger, run, [
      {
        target: 'jira',
        pos: 0,
        person: `ann of ${run}`,
        desired: new Map(),
        rows: new Map(),
        match: [{ by: 'username', values: ['ann'] }],
        digest: Buffer.from('d'),
        read,
      },
    ]);
    await sql`insert into change (run, target, person, attribute, pos, "foreign", status, decided_at)
      values (${run}, 'jira', ${`ann of ${run}`}, 'userProperty:Title', 0, false, 'applied', now())`.execute(ledger.db);
    await sql`insert into outcome (run, target, person, outcome, reason)
      select ${run}, 'jira', name || ${` of ${run}`}, 'updated', 'updated' from unnest(array['ann', 'ben']) name`.execute(
      ledger.db,
    );
    await sql`insert into decision (run, decision, who, version) values (${run}, 'approved', 'cid', 1)`.execute(
      ledger.db,
    );
    await storeLabels(ledger, run, [
      { person: `ann of ${run}`, label: { name: 'Ann', login: 'ann', mail: null } },
      { person: `ben of ${run}`, label: { name: 'Ben', login: 'ben', mail: null } },
    ]);
    await storeVerdict(ledger, run, { figures: [], breaches: [] }, 86_400_000);
    await finish(ledger, run, status, { mode });
    await sql`update run set started_at = now() - make_interval(days => ${days}, mins => 5),
      finished_at = now() - make_interval(days => ${days}) where id = ${run}`.execute(ledger.db);
    return run;
  };

  const rows = async (table: string, connector: string): Promise<number> => {
    const within = ['run', 'label', 'profile'].includes(table)
      ? sql`connector = ${connector}`
      : sql`run in (select id from run where connector = ${connector})`;
    const { rows: found } = await sql<{ count: number }>`select count(*)::integer as count from ${sql.table(table)}
      where ${within}`.execute(ledger.db);
    return found[0]?.count ?? 0;
  };
  const counts = async (connector: string): Promise<Record<string, number>> =>
    Object.fromEntries(await Promise.all(tables.map(async (table) => [table, await rows(table, connector)] as const)));
  const kept = async (connector: string): Promise<string[]> =>
    (await listRuns(ledger, { connector, limit: 100 })).map(({ id }) => id.slice(connector.length + 1)).sort();

  it('runs behind the retention go with all they did; links, known values and what people are called stay', async () => {
    await stored('acme', { retention: '30d' });
    const old = await past('acme', 'old', 31);
    const single = await past('acme', 'single', 31, { person: 'ann' });
    await past('acme', 'young', 29);
    await past('acme', 'last', 2);
    const person = `ann of ${old}`;
    const record = {
      person,
      account: { key: 'a', text: 'sealed' },
      basis: Buffer.from('b'),
      values: new Map([['userProperty:Title', { value: 'Dr', ours: true }]] as const),
      digest: Buffer.from('d'),
      read: { number: 1, at: new Date() },
    };
    const remember = await rememberProfiles(
      ledger,
      { connector: 'acme', target: 'jira', run: old },
      [record],
      sql`
      select ${ledger.keyring.digest('account:a')}::bytea`,
    );
    await remember.execute(ledger.db);
    const profiles = (await sql`select * from profile`.execute(ledger.db)).rows;
    assert.deepEqual(await counts('acme'), {
      run: 4,
      staged_user: 4,
      staged_key: 4,
      outcome: 8,
      packed_outcome: 0,
      change: 4,
      read_page: 4,
      decision: 4,
      label: 8,
      profile: 1,
    });
    assert.equal(await hasForgotten(ledger, 'acme'), false);
    const { removed, more } = await pruneLedger(ledger, never);
    assert.equal(more, false);
    assert.deepEqual(await counts('acme'), {
      run: 2,
      staged_user: 1,
      staged_key: 1,
      outcome: 2,
      packed_outcome: 1,
      change: 2,
      read_page: 2,
      decision: 2,
      label: 5,
      profile: 1,
    });
    assert.deepEqual(await kept('acme'), ['last', 'young']);
    assert.equal(await findRun(ledger, single), null);
    assert.deepEqual([removed.change, removed.outcome, removed.decision, removed.label], [2, 4, 2, 3]);
    assert.deepEqual((await sql`select * from profile`.execute(ledger.db)).rows, profiles);
    assert.equal(await hasForgotten(ledger, 'acme'), true, 'a value of before is not called adopted');
  });

  it('the staging of an ended run goes after a day, who it read when no window counts it any more, and the rest stays', async () => {
    await stored('days', {});
    const longBefore = await past('days', 'longBefore', 15);
    const before = await past('days', 'before', 2);
    const last = await past('days', 'last', 0);
    await pruneLedger(ledger, never);
    const { rows: left } = await sql<{ run: string; seen: number; staged: number }>`select r.id as run,
        (select sum(cardinality(seen))::integer from read_page p where p.run = r.id) as seen,
        (select count(*)::integer from staged_user s where s.run = r.id) as staged
      from run r where connector = 'days' order by started_at`.execute(ledger.db);
    assert.deepEqual(left, [
      { run: longBefore, seen: 0, staged: 0 },
      { run: before, seen: 2, staged: 0 },
      { run: last, seen: 2, staged: 1 },
    ]);
    const page = { after: null, limit: 10, target: null, outcome: null };
    assert.equal((await listOutcomes(ledger, before, page)).length, 2);
    assert.deepEqual([await rows('change', 'days'), await rows('read_page', 'days')], [3, 3]);
  });

  it('how people ended is packed a day after the end, and listed and tried again as before', async () => {
    await stored('packed', { retention: '30d' });
    const before = await past('packed', 'before', 2);
    await past('packed', 'expired', 2, { status: 'superseded' });
    await past('packed', 'alone', 2, { person: 'ann' });
    await past('packed', 'last', 0);
    await sql`insert into outcome (run, target, person, outcome, reason, facts, account_digest)
      select ${before}, target, person, 'failed', 'refused', facts, '\\x01' from (values
        ('jira', 'cid', '{"said": "No."}'::jsonb), ('jira', 'dan', '{"said": "No."}'), ('jira', 'eve', '{"said": "Full."}'),
        ('wiki', 'cid', null)) t(target, person, facts)`.execute(ledger.db);
    const page = { after: null, limit: 10, target: null, outcome: null };
    const listed = async () => [
      await listOutcomes(ledger, before, page),
      await listOutcomes(ledger, before, { ...page, limit: 2 }),
      await listOutcomes(ledger, before, { ...page, target: 'jira', outcome: 'failed', reason: 'refused' }),
      await leftUndone(ledger, before),
    ];
    const rowByRow = await listed();
    await pruneLedger(ledger, never);
    assert.deepEqual(await listed(), rowByRow);
    assert.deepEqual(rowByRow[3], ['cid', 'dan', 'eve']);
    const { rows: left } = await sql<{ run: string }>`select distinct run from outcome
      where run like 'packed-%' order by run`.execute(ledger.db);
    assert.deepEqual(
      left.map(({ run }) => run),
      ['packed-alone', 'packed-expired', 'packed-last'],
    );
    assert.equal(await rows('packed_outcome', 'packed'), 4, 'one for each way to end');
    assert.equal(await rows('label', 'packed'), 8, 'whoever is named in one is still called by name');
    await sql`update run set finished_at = now() - interval '31 days' where id = ${before}`.execute(ledger.db);
    await pruneLedger(ledger, never);
    assert.equal(await rows('packed_outcome', 'packed'), 0);
  });

  it('a connector that says nothing keeps ninety days', async () => {
    await stored('usual', {});
    await past('usual', 'day 91', 91);
    await past('usual', 'day 89', 89);
    await past('usual', 'last', 1);
    await pruneLedger(ledger, never);
    assert.deepEqual(await kept('usual'), ['day 89', 'last']);
  });

  it('what something refers to stays, however old: the measure and all since, a plan not decided, places and doubts', async () => {
    await stored('held', { retention: '1d' });
    await past('held', 'first', 400);
    await past('held', 'place', 350, { mode: 'delta' });
    await past('held', 'doubted', 340, { person: 'ann' });
    await past('held', 'measure', 300);
    await past('held', 'delta since', 200, { mode: 'delta' });
    await past('held', 'alone since', 150, { person: 'ann' });
    await past('held', 'plan', 100, { status: 'awaitingApproval', mode: 'delta' });
    await past('held', 'dry run', 100, { status: 'planned', person: 'ann' });
    await past('held', 'late plan', 100, { status: 'planned', person: 'ben' });
    await sql`update run set plan_expires_at = now() + interval '1 hour' where id in ('held-plan', 'held-dry run')`.execute(
      ledger.db,
    );
    await sql`update run set plan_expires_at = now() - interval '1 hour' where id = 'held-late plan'`.execute(
      ledger.db,
    );
    await sql`insert into watermark (connector, basis, value_sealed, run)
      values ('held', 'version 1', '', 'held-place')`.execute(ledger.db);
    await sql`insert into left_doubt (target, account_digest, claim, connector, run, person, ended_at)
      values ('jira', '\\x01', 1, 'held', 'held-doubted', 'ann', now())`.execute(ledger.db);
    await pruneLedger(ledger, never);
    assert.deepEqual(await kept('held'), ['delta since', 'doubted', 'dry run', 'measure', 'place', 'plan']);
    assert.equal(await rows('staged_user', 'held'), 6, 'and what they staged with them');
    await past('held', 'newest', 0);
    await sql`delete from left_doubt where run = 'held-doubted'`.execute(ledger.db);
    await sql`update run set plan_expires_at = now() - interval '1 hour' where connector = 'held'`.execute(ledger.db);
    await sql`update watermark set run = 'held-newest' where connector = 'held'`.execute(ledger.db);
    await pruneLedger(ledger, never);
    assert.deepEqual(await kept('held'), ['newest'], 'once nothing refers to them they go');
  });

  it('gets on whenever it is called, though its time be up at once', async () => {
    await stored('late', { retention: '1d' });
    await past('late', 'first', 6);
    await past('late', 'second', 5);
    await past('late', 'last', 0);
    let calls = 1;
    while ((await pruneLedger(ledger, () => true)).more) {
      calls += 1;
      assert.ok(calls < 50, 'it comes to its end');
    }
    assert.ok(calls > 2, 'in more than one step');
    assert.equal(await rows('run', 'late'), 1);
  });

  it('goes on where time was up, and until then nobody finds half a run', async () => {
    await stored('slow', { retention: '1d' });
    const half = await past('slow', 'half', 5);
    await past('slow', 'last', 0);
    let asked = 0;
    const first = await pruneLedger(ledger, () => {
      asked += 1;
      return asked > 10;
    });
    assert.equal(first.more, true);
    const { rows: left } = await sql`select removed_at is not null as hidden from run where id = ${half}`.execute(
      ledger.db,
    );
    assert.deepEqual(left, [{ hidden: true }], 'the step ended in the middle of a run');
    assert.equal(await findRun(ledger, half), null);
    assert.deepEqual(await kept('slow'), ['last']);
    assert.equal((await pruneLedger(ledger, never)).more, false);
    assert.equal(await rows('run', 'slow'), 1);
  });
});
