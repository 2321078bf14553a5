import { after, test } from 'node:test';
import { openControl } from '../../demo/control.ts';
import { StartedWire } from '../../src/api/schemas/runs.ts';
import { followRun } from '../../src/client/follow.ts';
import { expectRun } from '../fixtures/checked-run.ts';
import { type At, startInstallation } from './killed-worker.ts';

const kills: readonly {
  readonly in: string;
  readonly at: At;
}[] = [
  { in: 'read', at: ['read_page', 'insert', 'new.page_no = 2'] },
  { in: 'plan', at: ['change', 'insert', "new.target = 'jira' and new.pos > 20"] },
  { in: 'judge', at: ['run', 'update', "new.phase = 'judge' and old.phase <> 'judge'"] },
  { in: 'the first apply batch', at: ['change', 'update', "new.status = 'applied' and new.pos > 5"] },
  {
    in: 'the last apply batch',
    at: ['change', 'update', "(select count(*) from change c where c.run = new.run and c.status = 'planned') <= 400"],
  },
  { in: 'close', at: ['run', 'update', "new.phase = 'close' and old.phase <> 'close'"] },
];
const inFlight = 4;

const installation = await startInstallation();
after(() => installation.close());

test('a worker killed in every phase leaves a run that ends by itself, with everything written once', async () => {
  const control = openControl(installation.control);
  const asExpected = await expectRun(control);
  const client = await installation.client();
  const [first, ...others] = kills;
  if (first === undefined) return;
  await installation.hold(first.at);
  const { run } = await client.post('/api/connectors/sandbox/runs', { mode: 'full' }, StartedWire);
  for (const next of [...others, undefined]) await installation.killHeld(next?.at);
  const { report } = await followRun(client, run, { show: () => undefined, end: () => undefined });
  await asExpected(report, 1 + kills.length * inFlight);
});
