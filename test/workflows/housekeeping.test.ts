import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun, listRuns } from '../../src/ledger/runs/runs.ts';
import { housekeepingSchedule, scheduleHousekeeping } from '../../src/temporal/housekeeping.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { memorySource } from '../fixtures/directory.ts';
import { defaultGuard, titleMapping, workerFor } from '../fixtures/runs.ts';

const database = await freshDatabase();
const { ledger } = database;
const running = await workerFor(ledger, {
  id: 'acme',
  source: memorySource(new Map(), 10).source,
  targets: new Map(),
  mapping: titleMapping([]),
  guard: defaultGuard,
});
after(async () => {
  await running.client.schedule.getHandle(housekeepingSchedule).delete();
  await running.close();
  await database.close();
});

test('the housekeeping is a schedule of Temporal whose workflow removes what is past its time', async () => {
  await storeConnector(ledger, {
    connector: 'acme',
    managedBy: 'file',
    definition: { connector: { retention: '7d' } },
    createdBy: 'test',
    comment: null,
  });
  for (const [id, days] of Object.entries({ old: 8, young: 6 })) {
    await createRun(ledger, { ...newRun(id), person: 'ann' });
    const people = Array.from({ length: 3_000 }, (_, n) => `p${n}`);
    await insertOutcomes(
      ledger,
      id,
      people.map((person) => ({ target: 'jira', person, outcome: 'unmatched', reason: 'noAccount' })),
    );
    await finish(ledger, id, 'done');
    await sql`update run set finished_at = now() - make_interval(days => ${days}) where id = ${id}`.execute(ledger.db);
  }
  const { client, queue } = running;
  await scheduleHousekeeping(client, queue);
  const schedule = client.schedule.getHandle(housekeepingSchedule);
  await schedule.pause('while the database is moved');
  await scheduleHousekeeping(client, queue);
  assert.equal((await schedule.describe()).state.paused, true, 'a pause stays');
  await schedule.trigger();
  const started = async (): Promise<string> => {
    for (;;) {
      const [action] = (await schedule.describe()).info.recentActions;
      if (action?.action.type === 'startWorkflow') return action.action.workflow.workflowId;
    }
  };
  const result = await client.workflow.getHandle(await started()).result();
  assert.deepEqual(result, { rows: 3_000 });
  assert.deepEqual(
    (await listRuns(ledger, { connector: 'acme', limit: 10 })).map(({ id }) => id),
    ['young'],
  );
});
