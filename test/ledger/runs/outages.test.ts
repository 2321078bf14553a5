import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { patienceFor, type RunWait } from '../../../src/engine/patience.ts';
import { noteOutage, waitingFor } from '../../../src/ledger/runs/outages.ts';
import { createRun, setPhase } from '../../../src/ledger/runs/runs.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const database = await freshDatabase();
const { ledger } = database;
after(() => database.close());

let runs = 0;
const newRun = async (): Promise<string> => {
  runs += 1;
  const id = `run-${runs}`;
  const row = { id, connector: 'acme', version: 1, mode: 'full', intent: 'apply', person: null } as const;
  await createRun(ledger, { ...row, workflowId: id, startedBy: 'test' });
  return id;
};
const age = (run: string, minutes: number) =>
  sql`update outage set since = since - make_interval(secs => ${minutes * 60}) where run = ${run}`.execute(ledger.db);
const settled = (run: string, pos: number) =>
  sql`insert into staged_user (run, target, pos, person, desired_sealed, digest, state, read_at, read_number)
    values (${run}, 'jira', ${pos}, ${`id-${pos}`}, '', '', 'settled', now(), 1)`.execute(ledger.db);

test('an outage counts from when it was met first, and a wait of the ledger itself counts too', async () => {
  const run = await newRun();
  const outage = { run, party: 'jira', said: 'Jira does not answer.' };
  assert.equal((await noteOutage(ledger, outage, 0))?.tries, 1);
  await age(run, 10);
  const second = await noteOutage(ledger, outage, 0);
  assert.equal(second?.tries, 2);
  assert.ok(second.forMs >= 600_000);
  const kept = await noteOutage(ledger, { run, party: 'ledger', said: 'It does not answer.' }, 1_800_000);
  assert.ok(kept !== null && kept.forMs >= 1_800_000);
});

test('progress with a party begins its patience anew, progress with another one does not', async () => {
  const run = await newRun();
  const [jira, wiki] = ['jira', 'wiki'].map((party) => ({ run, party, said: 'It does not answer.' }));
  assert.ok(jira && wiki);
  await noteOutage(ledger, jira, 0);
  await noteOutage(ledger, wiki, 0);
  await age(run, 50);
  await settled(run, 0);
  assert.deepEqual(
    (await waitingFor(ledger, run)).map(({ party }) => party),
    ['wiki'],
  );
  assert.equal((await noteOutage(ledger, jira, 0))?.tries, 1);
  const other = await noteOutage(ledger, wiki, 0);
  assert.ok(other !== null && other.tries === 2 && other.forMs >= 3_000_000);
  await setPhase(ledger, run, 'apply');
  assert.equal((await noteOutage(ledger, wiki, 0))?.tries, 1);
});

const openConnector = (patienceMs: number) => async () => ({ patienceMs });
const asked = { party: 'jira', said: 'Jira does not answer.', waitMs: null } as const;

test('waits grow to a minute, and the last one ends where the patience does', async () => {
  const run = await newRun();
  const told: RunWait[] = [];
  const deps = { ledger, openConnector: openConnector(3_600_000), waits: (wait: RunWait) => void told.push(wait) };
  const met = { ...asked, run, kind: 'away' } as const;
  const grown: number[] = [];
  for (let tries = 0; tries < 9; tries += 1) grown.push((await patienceFor(deps, met, 0))?.waitMs ?? 0);
  assert.deepEqual(grown, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.deepEqual(
    told,
    [{ run, party: 'jira', said: 'Jira does not answer.', upToMs: 3_600_000 }],
    'the log has one line of an outage that is no blink',
  );
  await age(run, 59.5);
  const last = await patienceFor(deps, met, 0);
  assert.ok(last !== null && last.waitMs <= 30_000);
  await age(run, 1);
  assert.equal(await patienceFor(deps, met, 0), null);
});

test('a wait that is asked for is kept, and does not count as an outage; no patience waits for nobody', async () => {
  const run = await newRun();
  const deps = { ledger, waits: () => assert.fail('nobody waits by patience'), openConnector: openConnector(0) };
  assert.deepEqual(await patienceFor(deps, { ...asked, run, kind: 'asked', waitMs: 7_200_000 }, 0), {
    waitMs: 7_200_000,
  });
  assert.equal(await patienceFor(deps, { ...asked, run, kind: 'away', waitMs: 5_000 }, 0), null);
  await age(run, 8 * 24 * 60);
  assert.equal(await patienceFor(deps, { ...asked, run, kind: 'asked', waitMs: 7_200_000 }, 0), null);
});
