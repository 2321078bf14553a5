import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { expectFree } from '../../../src/api/serve/listen-address.ts';
import { serveApi } from '../../../src/api/serve/serve-api.ts';
import { freePort } from '../../../src/embedded/free-port.ts';
import { apiParts } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';

const fresh = await freshDatabase();
const { parts } = await apiParts(fresh.ledger);
const folder = await mkdtemp(join(tmpdir(), 'attune-serve-'));
after(async () => {
  await rm(folder, { recursive: true });
  await fresh.close();
});

test('an API that cannot leave its first token listens no longer', async () => {
  const dataDir = join(folder, 'a-file');
  await writeFile(dataDir, '');
  const at = { host: '127.0.0.1', port: await freePort() };
  await assert.rejects(serveApi(parts, { ...at, dataDir, token: undefined }));
  await expectFree(at);
});
