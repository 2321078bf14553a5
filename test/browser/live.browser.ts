import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import type { RunProgress } from '../../src/core/report/progress.ts';
import { approvePlan, takeUpPlan } from '../../src/ledger/runs/decisions.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

describe('what goes on, as a browser follows it', () => {
  let browser: Browser;
  let seeded: Seeded;
  let stand: Partial<RunProgress> = {};

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
    waitedMs: 0,
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

  it('M-18: a run shows each stand of its step, its pace, and what it waits for', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await createRun(seeded.ledger, newRun('going'));
    stand = { phase: 'apply', changes: { planned: 3_391, decided: 928 }, elapsedMs: 60_000 };
    await seeded.signIn(page);
    await page.getByText('Live').waitFor();
    await page.goto('/runs/going');
    await page.getByRole('heading', { name: 'Writing: 928 of 3,391 values.' }).waitFor();
    stand = { phase: 'apply', changes: { planned: 3_391, decided: 1_248 }, elapsedMs: 62_000 };
    await page
      .getByRole('heading', { name: 'Writing: 1,248 of 3,391 values, 160 a second, about 14 s left.' })
      .waitFor();
    const since = new Date(Date.now() - 5 * 60_000).toISOString();
    const until = new Date(Date.now() + 55 * 60_000).toISOString();
    stand = { ...stand, waitingFor: [{ party: 'jira', since, until, said: 'Jira does not answer.' }] };
    await page.getByRole('heading', { name: 'Waiting for jira.' }).waitFor();
    const notice = page.getByRole('status').filter({ hasText: 'Waiting for jira' });
    await notice.getByText(/Jira does not answer. It has been unavailable since/).waitFor();
    for (const moment of [since, until]) {
      assert.equal(await notice.locator(`time[datetime="${moment}"]`).count(), 1);
    }
    stand = { phase: 'close', changes: { planned: 3_391, decided: 3_391 }, elapsedMs: 70_000 };
    await page.getByRole('heading', { name: 'Close.' }).waitFor();
    await finish(seeded.ledger, 'going', 'done');
    await page.getByText('Done', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await context.close();
  });

  it('M-18: the time a run worked and the time its plan waited are told apart, while it goes on and afterwards', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await createRun(seeded.ledger, newRun('waited'));
    await finish(seeded.ledger, 'waited', 'awaitingApproval', { durationMs: 30_000 });
    stand = {};
    await seeded.signIn(page);
    await page.getByText('Live').waitFor();
    await page.goto('/runs/waited');
    const steps = page.getByRole('list', { name: 'Steps of the run' });
    await steps.getByText('worked 30 s', { exact: true }).waitFor();
    await approvePlan(seeded.ledger, { run: 'waited', who: 'ada', comment: null });
    // Decided after ten minutes; from then on it is what goes on, not the report of the plan, that says how long it took.
    await sql`update run set finished_at = now() - interval '10 minutes' where id = 'waited'`.execute(seeded.ledger.db);
    await takeUpPlan(seeded.ledger, { run: 'waited', workflowId: 'apply-waited', namespace: 'default' });
    const { rows } = await sql<{ ms: number }>`select waited_ms as ms from run where id = 'waited'`.execute(
      seeded.ledger.db,
    );
    stand = { phase: 'apply', elapsedMs: 31_000, waitedMs: rows[0]?.ms ?? 0 };
    await steps.getByText('worked 31 s, waited 10 min for the decision').waitFor();
    stand = { ...stand, calls: 1, elapsedMs: 47_000 };
    await steps.getByText('worked 47 s, waited 10 min for the decision').waitFor();
    await finish(seeded.ledger, 'waited', 'done', { durationMs: 52_000, waitedMs: 600_000 });
    await steps.getByText('worked 52 s, waited 10 min for the decision').waitFor();
    await context.close();
  });

  it('M-19: eight tabs follow by one stream, and when its tab goes another takes its place', async () => {
    const { page: first, context } = await openTab(browser, seeded.url);
    const counts = counting(first);
    await seeded.signIn(first);
    await first.getByText('Live').waitFor();
    const others: Page[] = [];
    const streams: Map<string, number>[] = [];
    for (let n = 1; n < 8; n += 1) {
      const page = await context.newPage();
      streams.push(counting(page));
      await page.goto('/runs');
      await page.getByText('Live').waitFor();
      others.push(page);
    }
    const opened = (): number => [counts, ...streams].reduce((sum, one) => sum + (one.get('/api/events') ?? 0), 0);
    assert.equal(opened(), 1, 'one stream for all of them');
    const [last] = others.slice(-1);
    assert.ok(last);
    // Six streams would leave no connection for this.
    assert.equal(await last.evaluate(async () => (await fetch('/api/session')).status), 200);
    stand = {};
    await createRun(seeded.ledger, newRun('seen-by-all'));
    const going = (page: Page) => page.locator('.state', { hasText: 'Running' }).first();
    await Promise.all(others.map((page) => going(page).waitFor()));
    await first.close();
    await finish(seeded.ledger, 'seen-by-all', 'done');
    await going(last).waitFor({ state: 'detached' });
    assert.equal(opened(), 2, 'another tab holds it now');
    await context.close();
  });

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
