import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Ledger } from '../../../src/ledger/open.ts';
import { openProgress } from '../../../src/ledger/runs/progress.ts';
import { addCalls, createRun, setPhase } from '../../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';

describe('the progress of a run', () => {
  let ledger: Ledger;
  let close = async (): Promise<void> => undefined;
  before(async () => {
    ({ ledger, close } = await freshDatabase());
  });
  after(() => close());

  it('counts what it has stored, and expects as many people as the last complete read found', async () => {
    await createRun(ledger, newRun('earlier'));
    await finish(ledger, 'earlier', 'done');
    await createRun(ledger, newRun('now'));
    await setPhase(ledger, 'now', 'plan');
    await addCalls(ledger, 'now', 'jira', { login: 1, listing: 2, read: 3, write: 4 });
    await addCalls(ledger, 'now', 'source', { login: 1, listing: 5, read: 0, write: 0 });
    await sql`insert into read_page (run, read_no, page_no, ended, users, seen, unchanged, read_at)
      select 'now', read_no, page_no, false, 4, '{}', '{}', now()
      from (values (0, 1), (0, 2), (1, 1)) as page (read_no, page_no)`.execute(ledger.db);
    await sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, read_at, state)
      select 'now', 'jira', pos, 'person-' || pos, '', '', now(), state
      from (values (0, 'settled'), (1, 'matched'), (2, 'staged')) as staged (pos, state)`.execute(ledger.db);
    await sql`insert into change (run, target, person, attribute, pos, "foreign", status)
      select 'now', 'jira', 'person-0', attribute, 0, false, status
      from (values ('field:a', 'applied'), ('field:b', 'planned'), ('field:c', 'begun')) as change (attribute, status)`.execute(
      ledger.db,
    );
    const progress = await openProgress(ledger)('now');
    assert.ok(progress !== null && progress.elapsedMs >= 0);
    assert.deepEqual(
      { ...progress, elapsedMs: 0 },
      {
        run: 'now',
        connector: 'acme',
        status: 'running',
        phase: 'plan',
        users: { read: 8, expected: 3 },
        people: { toPlan: 3, planned: 1 },
        changes: { planned: 3, decided: 1 },
        calls: 16,
        elapsedMs: 0,
        waitedMs: 0,
        waitingFor: [],
      },
    );
  });

  it('counts once for all who watch, and spends a twentieth of the time on it at most', async () => {
    await createRun(ledger, newRun('watched', 'third'));
    let [clock, counted] = [0, 0];
    const counting = new WeakSet();
    const db = ledger.db.withPlugin({
      transformQuery: ({ node, queryId }) => {
        if (JSON.stringify(node).includes('as decided')) {
          counting.add(queryId);
          counted += 1;
        }
        return node;
      },
      transformResult: async ({ result, queryId }) => {
        if (counting.has(queryId)) clock += 100;
        return result;
      },
    });
    const look = openProgress({ ...ledger, db }, () => clock);
    await Promise.all([look('watched'), look('watched'), look('watched')]);
    assert.equal(counted, 1, 'they wait for the same count');
    clock = 100 + 1_999;
    await look('watched');
    assert.equal(counted, 1, 'it took 100 ms, so that it holds for two seconds');
    clock = 100 + 2_001;
    await look('watched');
    assert.equal(counted, 2);
    await finish(ledger, 'watched', 'done');
    await look('watched');
    assert.equal(counted, 3, 'a run that has ended is counted at once');
  });

  it('of the first run expects nobody, of one person one, of an unknown run nothing', async () => {
    await createRun(ledger, newRun('first', 'other'));
    assert.deepEqual((await openProgress(ledger)('first'))?.users, { read: 0, expected: null });
    await createRun(ledger, { ...newRun('single', 'other'), person: 'person' });
    assert.deepEqual((await openProgress(ledger)('single'))?.users, { read: 0, expected: 1 });
    assert.equal(await openProgress(ledger)('unknown'), null);
  });
});
