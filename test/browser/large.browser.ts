import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { storeLabels } from '../../src/ledger/links/labels.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { storeHeldPlan } from '../fixtures/plans.ts';
import { openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

// Counts and states; what it takes in seconds and frames with 200,000 is told by `npm run bench -- console`.
const many = 5_000;

describe('pages of many people, in a browser', () => {
  let browser: Browser;
  let seeded: Seeded;

  before(async () => {
    seeded = await serveSeeded();
    browser = await startChromium();
    const { ledger } = seeded;
    const people = Array.from({ length: many }, (_, n) => `id-${String(n).padStart(5, '0')}`);
    // Held before everybody was read once more: what is told of people is told by the later run.
    await storeHeldPlan(
      ledger,
      'large',
      people.map((person, n) => ({
        person,
        attribute: 'userProperty:Company',
        before: `Company ${n % 40}`,
        after: `Department ${n % 90}`,
      })),
    );
    await createRun(ledger, newRun('first'));
    await sql`update run set guard = '{"breaches": []}', targets = '{jira}' where id = 'first'`.execute(ledger.db);
    await sql`insert into read_page (run, read_no, page_no, place_sealed, ended, users, seen, unchanged, read_at)
      values ('first', 0, 0, null, true, ${many}, '{}', '{}', now())`.execute(ledger.db);
    await finish(ledger, 'first', 'done');
    await insertOutcomes(
      ledger,
      'first',
      people.map((person) => ({ target: 'jira', person, outcome: 'unmatched', reason: 'noAccount' })),
    );
    await storeLabels(
      ledger,
      'first',
      people.map((person, n) => ({
        person,
        label: { name: `Ada Number${n}`, login: `ada${n}@acme.example`, mail: `mail${n}@acme.example` },
      })),
    );
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  const apiRequests = (page: Page): string[] => {
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}`);
    });
    return asked;
  };

  it('M-15: the plan of very many changes takes a fixed number of requests, whatever it holds', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await seeded.signIn(page);
    const asked = apiRequests(page);
    await page.goto('/runs/large/plan');
    await page.getByText(/more kinds/).waitFor();
    await page.getByRole('heading', { name: 'Values' }).waitFor();
    const own = asked.filter((one) => one !== 'GET /api/session' && one !== 'GET /api/events');
    assert.ok(own.length <= 8, own.join(', '));
    assert.equal(new Set(own).size, own.length, `each once: ${own.join(', ')}`);
    assert.ok((await page.locator('tr').count()) < 300, 'a page of the changes, not all of them');
    await context.close();
  });

  it('M-16: people are found by name, login and mail, and a long list keeps what is in view alone', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await seeded.signIn(page);
    await page.getByRole('button', { name: 'Show values' }).click();
    await page.getByRole('link', { name: 'People', exact: true }).click();
    for (const [typed, expected] of [
      ['number4711', 'Ada Number4711'],
      ['ada4712', 'Ada Number4712'],
      ['mail4713', 'Ada Number4713'],
      ['ada number4714', 'Ada Number4714'],
    ] as const) {
      await page.getByRole('searchbox', { name: 'Name, login or mail' }).fill(typed);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('table', { name: 'People found' }).getByRole('link', { name: expected }).waitFor();
    }
    assert.ok(!page.url().includes('ada'), 'what was typed stands in no address');
    const asked = apiRequests(page);
    await page.getByRole('link', { name: /people, noAccount at jira/ }).click();
    const table = page.getByRole('table', { name: 'People of this reason' });
    await table.waitFor();
    assert.equal(await table.getAttribute('aria-rowcount'), String(many + 1));
    const rows = table.getByRole('row');
    let most = 0;
    let last = '';
    for (let turn = 0; turn < 400 && !last.endsWith(`${many - 1}`); turn += 1) {
      await table.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
      await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
      most = Math.max(most, await rows.count());
      last = (await table.getByRole('link').last().textContent()) ?? '';
    }
    assert.equal(last, `Ada Number${many - 1}`, 'the last one is reached');
    assert.ok(most <= 60, `${most} rows at once`);
    const pages = asked.filter((one) => one === 'GET /api/connectors/acme/people').length;
    assert.ok(pages <= Math.ceil(many / 500) + 1, `${pages} pages`);
    assert.equal(await table.getByRole('row').last().getAttribute('aria-rowindex'), String(many + 1));
    await context.close();
  });
});
