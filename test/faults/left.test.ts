import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { leftovers } from '../../faults/ledger.ts';
import { until } from '../../faults/persistently.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { freshDatabase } from '../fixtures/database.ts';

describe('what a quiet installation must not hold', () => {
  let ledger: Ledger;
  let url = '';
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, url, close } = await freshDatabase());
  });
  after(() => close());

  const put = (statement: string) => sql.raw(statement).execute(ledger.db);
  const run = (id: string, status: string) =>
    put(`insert into run (id, connector, version, mode, intent, workflow_id, started_by, status)
      values ('${id}', 'acme', 1, 'full', 'apply', 'w-${id}', 'test', '${status}')`);
  const claim = (account: string, ends: string, inDoubt: boolean) =>
    put(`insert into account_claim (target, account_digest, claim, turn, connector, run, person, ends_at, in_doubt)
      values ('jira', '\\x${account}', 1, 1, 'acme', 'r1', 'p1', clock_timestamp() ${ends}, ${inDoubt})`);

  it('is nothing, or what is over', async () => {
    await run('ended', 'done');
    await claim('aa', "- interval '1 minute'", false);
    await put(`insert into target_slot values ('jira', 0, 'gone', clock_timestamp() - interval '1 second')`);
    assert.deepEqual(await leftovers(url, {}), []);
  });

  it('is told one by one: runs, locks, slots, claims, doubts that a run should have ended', async () => {
    await run('r1', 'running');
    await run('r2', 'approved');
    await put(`insert into run_lock (connector, run, workflow_id) values ('acme', 'r1', 'w-r1')`);
    await put(`insert into target_slot values ('jira', 1, 'held', clock_timestamp() + interval '1 minute')`);
    await put(`insert into slot_wait values ('jira', 'waiting', clock_timestamp() + interval '1 minute')`);
    await claim('bb', "+ interval '1 minute'", true);
    await claim('cc', "- interval '11 minutes'", true);
    assert.deepEqual(await leftovers(url, { acme: Date.now() }), [
      '2 running runs',
      '1 connectors locked',
      '1 slots leased',
      '1 places in a queue for slots',
      '1 accounts claimed',
      '1 accounts in doubt',
    ]);
  });

  it('may be a doubt as long as its time is not over or nobody has looked since', async () => {
    await put('update account_claim set in_doubt = false');
    await claim('dd', "- interval '5 minutes'", true);
    const doubts = async (began: number): Promise<string[]> =>
      (await leftovers(url, { acme: began })).filter((one) => one.includes('doubt'));
    assert.deepEqual(await doubts(Date.now()), []);
    assert.deepEqual(await doubts(Date.now() + 6 * 60_000), ['1 accounts in doubt']);
  });

  it('may be a doubt for as long as a later write to the account is in doubt, whoever began it', async () => {
    await put('update account_claim set in_doubt = false');
    await claim('ee', "- interval '11 minutes'", true);
    const doubts = async (): Promise<string[]> =>
      (await leftovers(url, { acme: Date.now() })).filter((one) => one.includes('doubt'));
    assert.deepEqual(await doubts(), ['1 accounts in doubt']);
    const later = (account: string): Promise<unknown> =>
      put(`insert into left_doubt (target, account_digest, claim, connector, run, person, ended_at)
        values ('jira', '\\x${account}', 2, 'other', 'r1', 'p1', clock_timestamp() - interval '3 minutes')`);
    await later('ff');
    assert.deepEqual(await doubts(), ['1 accounts in doubt']);
    await later('ee');
    assert.deepEqual(await doubts(), []);
  });

  it('what never comes to its end is given up on, and what does is not', async () => {
    let asked = 0;
    const ask = async (): Promise<number> => {
      asked += 1;
      return asked;
    };
    assert.equal(await until(ask, (answer) => answer === 3, 5_000, 1), 3);
    assert.equal(await until(ask, () => false, 20, 1), null);
    assert.equal(
      await until(
        async () => null,
        () => true,
        20,
        1,
      ),
      null,
    );
  });
});
