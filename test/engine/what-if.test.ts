import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { Failure } from '../../src/core/failure.ts';
import type { Figure, GuardSettings } from '../../src/core/plan/guard.ts';
import type { OpenConnector } from '../../src/engine/open/connector.ts';
import { unreadBy } from '../../src/engine/what-if/unread.ts';
import { type WhatIf, whatIf } from '../../src/engine/what-if/what-if.ts';
import { changeKinds } from '../../src/ledger/plan/change-kinds.ts';
import { pruneLedger } from '../../src/ledger/prune.ts';
import { lastReadOf } from '../../src/ledger/reading/last-read.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { companyOf, guardOff } from '../fixtures/nights.ts';
import { defaultGuard } from '../fixtures/runs.ts';
import { startCall } from '../sources/fixtures.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

const guard: GuardSettings = { ...defaultGuard, ignoreBelow: 0 };
const company = await companyOf(ledger, 210, guardOff(guard));
const { call } = startCall();

const asked = () => ({
  pages: company.read.pages,
  reads: company.jira.journal.reads,
  listings: company.jira.journal.listings,
});
/** What these two rows would make of everybody, without a request to anybody. */
const tried = async (connector: OpenConnector): Promise<WhatIf> => {
  const before = asked();
  const told = await whatIf({ ledger, connector: { ...connector, guard }, call }, await company.stored());
  assert.deepEqual(asked(), before, 'neither provider nor product was asked');
  return told;
};
/** The newest change of what is remembered of people as they were read. */
const lastWrite = async (): Promise<string> => {
  const { rows } = await sql<{ at: string }>`select coalesce(max(xmin::text::bigint), 0)::text as at from last_read
    where connector = ${company.id}`.execute(ledger.db);
  return rows[0]?.at ?? '';
};

test('before everybody was read there is nothing to try a mapping on', async () => {
  const connector = await company.stored();
  await assert.rejects(whatIf({ ledger, connector, call }, connector), (error) => {
    assert.ok(error instanceof Failure && error.kind === 'conflict');
    assert.match(error.sentence, /attune sync .* --plan/);
    return true;
  });
});

test('a mapping is tried on the last read, and a run by it then does the same', async () => {
  await company.night();
  company.hire(900, { login: 'nobody-there' });
  await company.night();
  assert.equal((await tried(await company.stored())).targets.jira?.planned, 0, 'the stored one changes nothing');

  const told = await tried(await company.draft('company', "company & ' / ' & department"));
  const { attributes, ...counts } = told.targets.jira ?? assert.fail();
  assert.deepEqual(counts, {
    ...{ planned: 210, unread: 0, unchanged: 0, unlinked: 1, outOfScope: 0, left: 0, skipped: 0, failed: 0 },
    matchesAnew: false,
  });
  assert.equal(told.read.people, 211);
  const breached = told.figures.filter(({ breach }) => breach).map(({ rule }) => rule);
  assert.deepEqual(breached, ['changedPeople', 'perAttribute.changed']);

  await company.map('company', "company & ' / ' & department");
  // The limits are those of the next run, which are shares of what the last one that counts had linked.
  await sql`update run set guard = jsonb_set(guard, '{linked,jira}', '150') where connector = ${company.id}`.execute(
    ledger.db,
  );
  const again = await tried(await company.stored());
  const { run, targets, guard: judged } = await company.night();
  const ofEach = (figures: readonly Figure[]) =>
    figures.flatMap(({ rule, of, over }) => (over === null && rule === 'changedPeople' ? [of] : []));
  assert.deepEqual([ofEach(again.figures), ofEach(judged?.figures ?? [])], [[150], [150]]);
  assert.deepEqual(targets.jira?.changes, { set: 210, cleared: 0 });
  const [department] = attributes;
  assert.deepEqual(
    [attributes.length, department?.attribute, department?.replaced],
    [1, 'userProperty:Department', 210],
  );
  const of = { target: 'jira', attribute: 'userProperty:Department' } as const;
  const byPeople = (kinds: readonly { before: string | null; after: string | null; people: number }[]) =>
    new Map(kinds.map(({ before, after, people }) => [`${before} -> ${after}`, people]));
  const { kinds } = await changeKinds(ledger, run, of, 100);
  assert.deepEqual(byPeople(department?.kinds.slice(0, 20) ?? []), byPeople(kinds.slice(0, 20)));
  assert.deepEqual(department?.rest, { kinds: 1, people: 10 });
});

test('what would be cleared is told as cleared, and what others wrote as theirs', async () => {
  const key = company.keyOf(3);
  const before = await company.draft('company', 'nobody');
  const { attributes, planned } = (await tried(before)).targets.jira ?? assert.fail();
  assert.equal(planned, 0, 'what the read did not ask for is not taken for empty');
  assert.deepEqual(attributes, []);
  const cleared = (await tried(await company.draft('company', "company = 'Nowhere' ? department"))).targets.jira;
  assert.deepEqual([cleared?.attributes[0]?.cleared, cleared?.attributes[0]?.kinds[0]?.after], [210, null]);
  assert.ok(company.jira.held.get(key)?.has('userProperty:Department'), 'and nothing was written');
});

test('an attribute that reads what was not asked for is left out and named; so is a scope, by refusing it', async () => {
  const told = await tried(await company.draft('company', "department & ' ' & city"));
  assert.deepEqual(told.unread, [{ target: 'jira', attribute: 'userProperty:Department', paths: ['city'] }]);
  assert.equal(told.targets.jira?.unchanged, 210);
  const { mapping } = await company.stored();
  const scoped = { ...mapping, reads: { ...mapping.reads, scope: ['city'] } };
  assert.throws(() => unreadBy(scoped, ['login', 'company']), /The scope reads city/);
  assert.deepEqual(unreadBy({ ...mapping, reads: { ...scoped.reads, attributes: new Map() } }, ['city']), []);
  const part = new Map([['jira', new Map([['userProperty:X', ['address.city']] as const])]]);
  assert.deepEqual(unreadBy({ ...mapping, reads: { scope: [], attributes: part } }, ['address']), [], 'a part of it');
});

test('people are remembered as read last, sealed; a night without changes writes nothing of it', async () => {
  await company.night();
  const before = await lastWrite();
  await company.night();
  assert.equal(await lastWrite(), before);
  company.change(['id-1'], () => ({ company: 'Quite Another' }));
  company.people.delete('id-2');
  await company.night();
  assert.notEqual(await lastWrite(), before);
  const { rows } = await sql<{ people: number; clear: number }>`select count(*)::integer as people,
      count(*) filter (where position('Quite'::bytea in attributes_sealed) > 0)::integer as clear
    from last_read where connector = ${company.id}`.execute(ledger.db);
  assert.deepEqual(rows, [{ people: 210, clear: 0 }], 'whoever is gone is forgotten');
  const told = await tried(await company.draft("company = 'Quite Another' ? 'Found' : company", 'department'));
  assert.deepEqual(
    told.targets.jira?.attributes.flatMap(({ kinds }) => kinds.map(({ after: value }) => value)).includes('Found'),
    true,
  );
});

test('what was read last is kept as long as runs are', async () => {
  const never = () => false;
  await pruneLedger(ledger, never);
  assert.notEqual(await lastReadOf(ledger, company.id), null);
  await sql`update last_read_of set at = now() - interval '91 days' where connector = ${company.id}`.execute(ledger.db);
  assert.equal((await pruneLedger(ledger, never)).removed.last_read, 210);
  assert.equal(await lastReadOf(ledger, company.id), null);
});
