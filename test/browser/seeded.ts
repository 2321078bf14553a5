import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { ApiParts } from '../../src/api/parts.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { abilities } from '../../src/core/abilities.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

/** The API with the console as it was built, over a ledger of the test's own: no directory, no targets, no worker. */
export const serveSeeded = async (over: Partial<ApiParts> = {}) => {
  const { ledger, close: drop } = await freshDatabase();
  const { parts } = await apiParts(ledger);
  const dist = fileURLToPath(new URL('../../console/dist/', import.meta.url));
  const served = await serveApi(
    { ...parts, console: dist, ...over },
    { host: '127.0.0.1', port: 0, dataDir: null, token: undefined },
  );
  const token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
  return {
    ledger,
    url: served.url,
    token,
    /** Signs a tab in with a token, as somebody elsewhere would. */
    signIn: async (page: Page, by = token): Promise<void> => {
      await page.goto('/login');
      await page.getByLabel('Token').fill(by);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
    },
    close: async (): Promise<void> => {
      await served.close();
      await drop();
    },
  };
};

export type Seeded = Awaited<ReturnType<typeof serveSeeded>>;
