import type { Browser } from 'playwright-core';
import { openConsole } from '../../demo/console.ts';
import { startServer } from '../../demo/server.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { StartedWire } from '../../src/api/schemas/runs.ts';
import { createClient } from '../../src/client/client.ts';
import { followRun } from '../../src/client/follow.ts';
import { type Figure, since } from './figure.ts';

/** From signed out to a new attribute at a real person, over the stand-ins, as fast as a browser can be led through it. */
export const flow = async (browser: Browser): Promise<Figure> => {
  const sandbox = await startSandbox({ users: 1_000 });
  try {
    const server = await startServer(sandbox.document, sandbox.secrets);
    try {
      const client = createClient(server.access);
      const { run } = await client.post('/api/connectors/sandbox/runs', { mode: 'full' }, StartedWire);
      await followRun(client, run, { show: () => undefined, end: () => undefined });
      const { link } = await openConsole(server.access);
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      const measured = await since(async () => {
        await page.goto(await link());
        await page.getByRole('button', { name: 'Show values' }).click();
        await page.getByRole('link', { name: 'sandbox' }).first().click();
        await page.getByRole('button', { name: 'Add attribute' }).click();
        await page.getByRole('combobox', { name: 'Attribute of the directory' }).fill('jobTi');
        await page.getByRole('option', { name: /^jobTitle/ }).click();
        await page.getByRole('button', { name: /^Save and sync/, disabled: false }).click();
        await page.getByRole('button', { name: 'Write 1 value' }).click();
        await page.getByText('1 value set.').waitFor();
      });
      await context.close();
      const what = 'from signed out to a new attribute at a real person';
      return { id: 'flow', what, measured, most: 15, unit: 's' };
    } finally {
      await server.stop();
    }
  } finally {
    await sandbox.close();
  }
};
