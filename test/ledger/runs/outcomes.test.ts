import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { reasonFactsMigration } from '../../../src/ledger/migrations/0011-reason-facts.ts';
import type { Ledger } from '../../../src/ledger/open.ts';
import { insertOutcomes, listOutcomes, type NewOutcome } from '../../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../../src/ledger/runs/runs.ts';
import { newRun } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';

describe('outcomes in the ledger', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  const listed = (run: string) => listOutcomes(ledger, run, { after: null, limit: 100, target: null, outcome: null });

  it('keep what a reason is about beside its code', async () => {
    await createRun(ledger, newRun('facts'));
    const first: NewOutcome = {
      target: 'jira',
      person: 'ann',
      outcome: 'failed',
      reason: 'refused',
      facts: { said: 'No.' },
    };
    const second: NewOutcome = { target: 'jira', person: 'ben', outcome: 'skipped', reason: 'inactive' };
    await insertOutcomes(ledger, 'facts', [first, second]);
    assert.deepEqual(await listed('facts'), [first, { ...second, facts: {} }]);
    const later: NewOutcome = { ...first, outcome: 'unmatched', reason: 'noAccount' };
    await insertOutcomes(ledger, 'facts', [
      { target: 'jira', person: 'ann', outcome: 'unmatched', reason: 'noAccount' },
    ]);
    assert.deepEqual((await listed('facts'))[0], { ...later, facts: {} });
  });

  it('of a form that this release does not know are refused and not half understood', async () => {
    await createRun(ledger, newRun('strange'));
    await sql`insert into outcome (run, target, person, outcome, reason, facts)
      values ('strange', 'jira', 'ann', 'failed', 'refused', '{"said": 7}')`.execute(ledger.db);
    await assert.rejects(listed('strange'), { kind: 'config', message: /stores the facts of an outcome in a form/ });
  });

  it('from before facts had a place are brought over', async () => {
    await createRun(ledger, newRun('old'));
    const { rows } = await sql<{ view: string }>`select pg_get_viewdef('every_outcome') as view`.execute(ledger.db);
    await sql`drop view every_outcome`.execute(ledger.db);
    await sql`alter table outcome drop column facts`.execute(ledger.db);
    await sql`insert into outcome (run, target, person, outcome, reason) values
      ('old', 'jira', 'a', 'skipped', 'ownedBy:acme-us'),
      ('old', 'jira', 'b', 'skipped', 'targetMoved (field:phone, userProperty:Cost center)'),
      ('old', 'jira', 'c', 'failed', 'rejected (field:phone: Jira refused (twice))'),
      ('old', 'jira', 'd', 'skipped', 'run cancelled'),
      ('old', 'jira', 'e', 'outOfScope', 'not in the scope of the connector'),
      ('old', 'jira', 'f', 'failed', 'jira: userProperty:Title: title gives an object'),
      ('old', 'jira', 'g', 'skipped', 'userProperty:Title: no transform applies'),
      ('old', 'jira', 'h', 'skipped', 'protected'),
      ('old', 'jira', 'i', 'unmatched', 'noAccount')`.execute(ledger.db);
    await reasonFactsMigration.up(ledger.db as never);
    await sql`create view every_outcome as ${sql.raw(rows[0]?.view ?? '')}`.execute(ledger.db);
    assert.deepEqual(
      (await listed('old'))
        .map(({ person, reason, facts }) => [person, reason, facts])
        .sort(([one], [other]) => String(one).localeCompare(String(other))),
      [
        ['a', 'ownedBy', { connector: 'acme-us' }],
        ['b', 'targetMoved', { attributes: ['field:phone', 'userProperty:Cost center'] }],
        ['c', 'refused', { said: 'field:phone: Jira refused (twice)' }],
        ['d', 'runEnded', { status: 'cancelled' }],
        ['e', 'outOfScope', { scope: 'the connector' }],
        ['f', 'stepFailed', { said: 'jira: userProperty:Title: title gives an object' }],
        ['g', 'skippedByMapping', { said: 'userProperty:Title: no transform applies' }],
        ['h', 'protected', {}],
        ['i', 'noAccount', {}],
      ],
    );
  });
});
