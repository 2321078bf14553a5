// `npm run bench -- console`: the figures of the console in seconds, frames and bytes, as the findings of a benchmark.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { abilities } from '../../src/core/abilities.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { parseKeys } from '../../src/ledger/sealing/keys.ts';
import { atMost, type Findings } from '../findings.ts';
import { numberOption } from '../measure.ts';
import { flow } from './flow.ts';
import { fill, partsOver } from './ledger.ts';
import { eighthTab, firstPage, peopleList, planPage } from './pages.ts';
import { preview } from './preview.ts';
import { openRun, runPage } from './progress.ts';

/** What pages take in a browser over a ledger of very many people. */
const measure = async (args: readonly string[]): Promise<Findings> => {
  const people = numberOption(args, 'users', 200_000);
  const dataDir = await mkdtemp(join(tmpdir(), 'attune-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, throwaway: true });
  const browser = await startBrowser();
  try {
    const keys = parseKeys(`bench:${randomBytes(32).toString('base64')}`);
    const ledger = await openLedger({ url: postgres.url, keys });
    await fill(ledger, people);
    const run = openRun();
    const parts = partsOver(ledger, run.progress);
    const served = await serveApi(parts, { host: '127.0.0.1', port: 0, dataDir: null, token: undefined });
    const token = await addToken(ledger, { name: 'bench', can: abilities, createdBy: 'bench' });
    const context = await browser.newContext({ baseURL: served.url, viewport: { width: 1440, height: 900 } });
    await signIn(context, token);
    const figures = [
      await firstPage(context),
      ...(await planPage(context, people)),
      await peopleList(context),
      await eighthTab(context),
      await runPage(context, ledger, run),
      await preview(context),
      await flow(browser),
    ];
    await served.close();
    await ledger.close();
    return {
      bars: figures.map(({ id, what, measured, most, unit }) =>
        atMost(`console.${id}`, `console: ${what}, at most ${most} ${unit}`, measured, most, ` ${unit}`),
      ),
      tables: [],
    };
  } finally {
    await browser.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const startBrowser = (): Promise<Browser> => {
  const executablePath = process.env.ATTUNE_CHROMIUM;
  if (executablePath === undefined) throw new Error('run with npm run bench -- console');
  return chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
};

const signIn = async (context: BrowserContext, token: string): Promise<void> => {
  const page = await context.newPage();
  await page.goto('/login');
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.close();
};

process.stdout.write(`${JSON.stringify(await measure(process.argv.slice(2)))}\n`);
