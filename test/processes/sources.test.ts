import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { StartedWire } from '../../src/api/schemas/runs.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { createClient } from '../../src/client/client.ts';
import { followRun } from '../../src/client/follow.ts';
import type { Report } from '../../src/core/report/report.ts';
import { startEmbeddedTemporal } from '../../src/embedded/temporal/start.ts';
import { startProgram } from '../fixtures/processes.ts';

const base = await mkdtemp(join(tmpdir(), 'attune-sources-'));
const temporal = await startEmbeddedTemporal({
  cli: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
  dataDir: base,
  ui: false,
});

after(async () => {
  await temporal.stop();
  await rm(base, { recursive: true, force: true });
});

for (const source of ['okta', 'google'] as const) {
  test(`${source}: a first run, a second that touches nobody, and an increment by the products' own forms`, async () => {
    const sandbox = await startSandbox({ users: 400, source });
    const control = openControl(sandbox.urls.control);
    const dataDir = await mkdtemp(join(base, `${source}-`));
    const document = join(dataDir, 'attune.yaml');
    await writeFile(document, sandbox.document);
    const env = {
      ...sandbox.secrets,
      ATTUNE_DATA_DIR: dataDir,
      ATTUNE_PORT: '0',
      TEMPORAL_ADDRESS: temporal.address,
    };
    const server = startProgram(['serve', '--config', document], env);
    try {
      await server.says(/connectors/);
      const access = await readAccess(dataDir);
      assert.ok(access);
      const client = createClient(access);
      const sync = async (mode: string): Promise<Report> => {
        await control.clearJournal();
        const { run } = await client.post('/api/connectors/sandbox/runs', { mode }, StartedWire);
        const { report } = await followRun(client, run, { show: () => undefined, end: () => undefined });
        assert.ok(report);
        assert.deepEqual([report.status, report.read.complete], ['done', true], server.said().err);
        return report;
      };

      const first = await sync('full');
      const people = await control.people();
      const named = new Map(people.map((person) => [person.id, person]));
      const accounts = new Map(
        (await control.accounts('jira')).map((one) => [one.username.toLowerCase(), one.properties]),
      );
      let managed = 0;
      for (const person of people) {
        const login = String(person.userPrincipalName).split('@')[0]?.toLowerCase() ?? '';
        const properties = accounts.get(login);
        const alone =
          people.filter(({ userPrincipalName }) => String(userPrincipalName).startsWith(`${login}@`)).length === 1;
        const usual =
          person.accountEnabled === true && person.employeeType !== 'Service' && person.userType === 'Member';
        if (properties === undefined || !usual || !alone || properties.Company === undefined) continue;
        const manager = person.managerId === null ? undefined : named.get(person.managerId);
        // A manager who takes no part is nobody's, and whoever is inactive at the product is left alone.
        if (manager?.accountEnabled !== true) continue;
        assert.equal(properties.Manager, String(manager.displayName).trim());
        assert.equal(properties['Employee ID'], person.employeeId);
        managed += 1;
      }
      assert.ok(managed > 250, `${managed}`);
      assert.ok((first.targets.jira?.updated ?? 0) >= managed && (first.targets.wiki?.updated ?? 0) > 250);

      const second = await sync('full');
      for (const target of Object.values(second.targets)) {
        assert.deepEqual([target.updated, target.calls.write, target.failed], [0, 0, 0]);
      }
      const edited = await control.edit(12);
      const increment = await sync('delta');
      const { writes } = await control.traffic('jira');
      const companies = edited.filter(({ attribute }) => attribute === 'companyName').length;
      assert.ok(writes.length > 0 && writes.length <= companies, `${writes.length} of ${companies}`);
      if (source === 'okta') assert.ok(increment.read.users < 100, `${increment.read.users}`);
    } finally {
      await server.kill('SIGTERM');
      await sandbox.close();
    }
  });
}
