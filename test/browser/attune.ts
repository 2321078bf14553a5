import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openControl } from '../../demo/control.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { ConnectorWire } from '../../src/api/schemas/connectors.ts';
import { RunWire, StartedWire } from '../../src/api/schemas/runs.ts';
import { SignInLinkWire } from '../../src/api/schemas/session.ts';
import { readAccess } from '../../src/client/access-file.ts';
import { createClient } from '../../src/client/client.ts';
import { startProgram } from '../fixtures/processes.ts';

/** `attune serve` over the stand-ins, as an admin would have it: everybody in tune, the connector edited here. */
export const startAttune = async (users = 300) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-browser-'));
  const sandbox = await startSandbox({ users });
  const document = join(dataDir, 'attune.yaml');
  await writeFile(document, sandbox.document);
  const server = startProgram(['serve', '--config', document], {
    ...sandbox.secrets,
    ATTUNE_DATA_DIR: dataDir,
    ATTUNE_PORT: '0',
    TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '',
  });
  const close = async (): Promise<void> => {
    await server.kill('SIGTERM');
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  // What has begun is ended when the rest does not start: a server left behind would keep the tests from ending.
  await server.says(/connectors/).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const access = await readAccess(dataDir);
  if (access === null) throw new Error('the server left no address');
  const client = createClient(access);
  const control = openControl(sandbox.urls.control);

  /** Runs something to its end and gives the run. */
  const run = async (body: object) => {
    const { run: id } = await client.post('/api/connectors/sandbox/runs', body, StartedWire);
    for (;;) {
      const found = await client.get(`/api/runs/${id}`, RunWire);
      if (found.status !== 'running') return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  await run({ mode: 'full' });
  const codes: string[] = [];
  return {
    ...access,
    client,
    control,
    urls: sandbox.urls,
    said: server.said,
    run,
    /** Stores a definition of the connector over the version it was made from. */
    store: async (version: number, definition: object): Promise<void> => {
      const answer = await fetch(new URL('/api/connectors/sandbox', access.url), {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${access.token}`,
          'content-type': 'application/json',
          'if-match': `"${version}"`,
        },
        body: JSON.stringify({ definition }),
      });
      if (!answer.ok) throw new Error(`the definition was not stored: ${await answer.text()}`);
    },
    /** The connector is edited here, or by its file again. */
    takeOver: (to: 'api' | 'file' = 'api') => client.post('/api/connectors/sandbox/import', { to }, ConnectorWire),
    /** The codes of all links so far: each worked once, and stands nowhere afterwards. */
    codes,
    /** Signs a tab in by a one-time link, as `attune console` does. */
    signIn: async (page: Page): Promise<void> => {
      const { url } = await client.post('/api/session/links', {}, SignInLinkWire);
      codes.push(url.slice(url.indexOf('#') + 1));
      await page.goto(url);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    },
    close,
  };
};

export type Attune = Awaited<ReturnType<typeof startAttune>>;
