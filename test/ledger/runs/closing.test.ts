import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { closeRun } from '../../../src/engine/close.ts';
import { settleOthers } from '../../../src/engine/settle.ts';
import { renewClaim } from '../../../src/ledger/links/claims.ts';
import { createRun, findRun, pinRun } from '../../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

const newRun = async (id: string): Promise<void> => {
  const row = { id, connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: null } as const;
  await createRun(ledger, { ...row, workflowId: `w/${id}`, startedBy: 'test' });
  await pinRun(ledger, { id, version: 1, targets: ['jira'], warnings: [] });
};

test('closing waits for whoever still writes for the run, and lets nobody prolong that', async () => {
  await newRun('one');
  await sql`insert into account_claim (target, account_digest, claim, turn, connector, run, person, ends_at, in_doubt)
    values ('jira', 'a', 7, 1, 'acme', 'one', 'id-1', clock_timestamp() + interval '45 seconds', true)`.execute(
    ledger.db,
  );
  assert.equal(await renewClaim(ledger, 'jira', '7'), 1);
  const closed = closeRun(ledger, 'one', { status: 'done', failure: null });
  while ((await findRun(ledger, 'one'))?.phase !== 'close') await sleep(10);
  assert.equal(await renewClaim(ledger, 'jira', '7'), 0);
  await sql`insert into outcome (run, target, person, outcome, reason) values ('one', 'jira', 'id-1', 'updated', 'written')`.execute(
    ledger.db,
  );
  await sql`update account_claim set in_doubt = false, ends_at = clock_timestamp()`.execute(ledger.db);
  assert.equal((await closed).targets.jira?.updated, 1, 'what the writer recorded last stands in the report');
});

test('an opening closes what other runs of its connector left behind, and their ends are told', async () => {
  await newRun('left');
  await newRun('own');
  const told: string[] = [];
  const workflows = {
    graceMs: 0,
    isOpen: async () => false,
    closed: ({ run }: { run: string }) => void told.push(run),
  };
  await settleOthers(ledger, workflows, { id: 'own', connector: 'acme' });
  assert.deepEqual(told, ['left']);
  assert.deepEqual(
    [(await findRun(ledger, 'left'))?.status, (await findRun(ledger, 'own'))?.status],
    ['failed', 'running'],
  );
  await settleOthers(
    ledger,
    { ...workflows, isOpen: () => Promise.reject(new Error('no answer')) },
    { id: 'x', connector: 'acme' },
  );
  assert.equal((await findRun(ledger, 'own'))?.status, 'running');
});
