import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import type { Breach } from '../../src/core/plan/guard.ts';
import { noLeavers } from '../../src/core/report/leaver-counts.ts';
import { tally } from '../../src/core/report/outcome.ts';
import { noCalls, type Report } from '../../src/core/report/report.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { finish, newRun } from '../fixtures/api.ts';
import { type StoredChange, storeHeldPlan } from '../fixtures/plans.ts';
import { barriers, openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

const targetsWith = (outcomes: Parameters<typeof tally>[0]): Report['targets'] => ({
  jira: {
    ...tally(outcomes),
    ...{ changes: { set: 0, cleared: 0 }, adopted: 0, calls: noCalls, kept: [], reasons: [], parity: [] },
    leavers: noLeavers,
  },
});
const changes = Array.from(
  { length: 3 },
  (_, n): StoredChange => ({
    ...{ person: `p${n}`, attribute: 'userProperty:Company', before: null, after: 'Contoso' },
  }),
);

describe('runs that belong together, and people who are tried again, in a browser', () => {
  let browser: Browser;
  let seeded: Seeded;
  let page: Page;
  const audited = async (): Promise<readonly string[]> => {
    const { rows } = await sql<{ comment: string }>`select comment from audit where action = 'run.retry'
      order by id`.execute(seeded.ledger.db);
    return rows.map(({ comment }) => comment);
  };
  before(async () => {
    seeded = await serveSeeded();
    const { ledger } = seeded;
    const auth = { username: 'attune', password: { env: 'ATTUNE_SECRET_JIRA' } };
    const jira = { kind: 'jira', url: 'https://jira.acme.example', auth };
    await storeConnector(ledger, {
      ...{ connector: 'acme', managedBy: 'file', createdBy: 'file', comment: null },
      definition: { connector: { to: [] }, targets: { jira } },
    });
    await createRun(ledger, newRun('whole'));
    await finish(ledger, 'whole', 'done');
    await storeHeldPlan(ledger, 'whole-held', changes);
    await sql`update run set held_from = 'whole' where id = 'whole-held'`.execute(ledger.db);
    await createRun(ledger, { ...newRun('again'), mode: 'delta', retryOf: 'whole' });
    await finish(ledger, 'again', 'done', { mode: 'delta', retryOf: 'whole' });
    await createRun(ledger, newRun('night'));
    await insertOutcomes(ledger, 'night', [
      {
        ...{ target: 'jira', person: 'p0', outcome: 'failed', reason: 'triedWeekly' },
        facts: { said: 'The form refuses.', until: '2026-12-03T02:00:00.000Z' },
      },
      { target: 'jira', person: 'p1', outcome: 'skipped', reason: 'held', facts: { run: 'whole-held' } },
    ]);
    await finish(ledger, 'night', 'doneWithFailures', {
      targets: targetsWith({ failed: 1, skipped: 1, unchanged: 1 }),
    });
    const failure = { kind: 'unavailable', message: 'Jira answers 500.' } as const;
    const shrunk: Breach = {
      ...{ rule: 'directoryShrink', target: null, attribute: null, over: null },
      ...{ found: 9, of: 10, limit: 5 },
    };
    for (const [run, breaches] of [
      ['broken', []],
      ['judged', [shrunk]],
    ] as const) {
      await createRun(ledger, newRun(run));
      const guard = { figures: [], breaches };
      await finish(ledger, run, 'failed', { failure, guard, targets: targetsWith({ planned: 2, unchanged: 1 }) });
    }
    browser = await startChromium();
    ({ page } = await openTab(browser, seeded.url));
    await seeded.signIn(page);
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  const shows = async (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();

  it('are listed as what they are', async () => {
    await page.goto('/runs');
    await shows('Held part of a run');
    await shows('People of an earlier run tried again');
    assert.deepEqual(await barriers(page), []);
  });

  it('lead from a run to the part that the guard separated, and back', async () => {
    await page.goto('/runs/whole');
    await shows('The guard separated a part of this plan');
    await shows(/decided over by itself\. The rest was not held\./);
    await page.getByRole('link', { name: 'Look at that part' }).click();
    await page.waitForURL(/\/runs\/whole-held\/plan$/);
    await page.getByRole('link', { name: 'its run' }).click();
    await page.waitForURL(/\/runs\/whole-held$/);
    await shows('Held part of a run');
    await shows(/Until somebody decides, runs that read only what changed leave this part alone\./);
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('link', { name: 'Go to that run' }).click();
    await page.waitForURL(/\/runs\/whole$/);
  });

  it('say of a retry whose people it tries', async () => {
    await page.goto('/runs/again');
    await shows('The failed and skipped people of an earlier run, and nobody else');
    await page.getByRole('link', { name: 'Go to that run' }).click();
    await page.waitForURL(/\/runs\/whole$/);
  });

  it('say of people who are tried once a week what helps, of people whose changes are held where, and try those who failed', async () => {
    await page.goto('/runs/night');
    await shows(/^This person failed several times in a row for the same reason and is now tried only once a week\./);
    await shows(/A changed value is tried at once, and so are people retried by hand \(attune retry\)\./);
    await shows('The changes planned for this person are held in another run until they are approved or rejected.');
    await page.getByRole('button', { name: 'Retry 1 failure' }).click();
    await page.waitForURL(/\/runs\/run-\d+$/);
    assert.deepEqual(await audited(), ['the people of night']);
  });

  it('offer to try those whom a broken run did not reach, but nobody whom the guard kept from being written', async () => {
    await page.goto('/runs/judged');
    await shows('The run failed');
    assert.equal(await page.getByRole('button', { name: /^Retry/ }).count(), 0);
    await page.goto('/runs/broken');
    await page.getByRole('button', { name: 'Retry 2 people' }).waitFor();
    assert.match((await page.locator('pre').first().textContent()) ?? '', /^attune retry broken$/m);
  });

  it('tell what applying a plan sends before it is approved', async () => {
    await page.goto('/runs/whole-held/plan');
    await page
      .getByRole('button', { name: /^Apply/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It takes 11 requests at jira (8 to read, 3 to write).').waitFor();
    assert.deepEqual(await barriers(page), []);
  });
});
