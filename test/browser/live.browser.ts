import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { RunProgress } from '../../src/core/report/progress.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

describe('what goes on, as a browser follows it', () => {
  let browser: Browser;
  let seeded: Seeded;
  const stand: Partial<RunProgress> = {};

  const progress = async (run: string): Promise<RunProgress> => ({
    run,
    connector: 'acme',
    status: 'running',
    phase: 'read',
    users: { read: 0, expected: null },
    people: { toPlan: 0, planned: 0 },
    changes: { planned: 0, decided: 0 },
    calls: 0,
    elapsedMs: 0,
    waitingFor: [],
    ...stand,
  });

  before(async () => {
    seeded = await serveSeeded({ progress, eventsEveryMs: 20 });
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  /** Counts the requests of a tab by what they ask for. */
  const counting = (page: Page): Map<string, number> => {
    const counts = new Map<string, number>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      counts.set(pathname, (counts.get(pathname) ?? 0) + 1);
    });
    return counts;
  };

  /** A tab is hidden or seen, as a browser tells it. */
  const becomes = (page: Page, hidden: boolean): Promise<void> =>
    page.evaluate((now) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => now });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);

  it('M-19: a tab hidden for half a minute follows no more, and asks for all anew when it is seen', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await page.clock.install();
    const counts = counting(page);
    await seeded.signIn(page);
    await page.getByText('Live').waitFor();
    await becomes(page, true);
    await page.clock.runFor(29_000);
    assert.equal(await page.getByText('Not live').count(), 0);
    await page.clock.runFor(2_000);
    await page.getByText('Not live').waitFor();
    await createRun(seeded.ledger, newRun('unseen'));
    await finish(seeded.ledger, 'unseen', 'awaitingApproval');
    const before = counts.get('/api/overview') ?? 0;
    await becomes(page, false);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/a plan waits for a decision/).waitFor();
    assert.ok((counts.get('/api/overview') ?? 0) > before);
    await context.close();
  });

  it('M-19: an API that is away is asked at most twelve times a minute, and a session that has ended not at all', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await page.clock.install();
    await seeded.signIn(page);
    await page.getByText('Live').waitFor();
    // What is open ends, and nothing answers from now on.
    let asked = 0;
    await page.route('**/api/**', (route) => {
      asked += 1;
      return route.abort();
    });
    await becomes(page, true);
    await page.clock.runFor(31_000);
    await becomes(page, false);
    await page.getByText(/Connection lost, trying again in/).waitFor();
    // What pages ask for again when they are seen is not the stream's.
    asked = 0;
    for (let second = 0; second < 60; second += 1) {
      await page.clock.runFor(1_000);
    }
    assert.ok(asked > 0 && asked <= 12, `${asked} attempts`);
    await page.unroute('**/api/**');
    await context.clearCookies();
    for (let second = 0; second < 31; second += 1) await page.clock.runFor(1_000);
    await page.getByText('Your session has ended').waitFor();
    let more = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/')) more += 1;
    });
    for (let second = 0; second < 120; second += 1) await page.clock.runFor(1_000);
    assert.equal(more, 0);
    await context.close();
  });
});
