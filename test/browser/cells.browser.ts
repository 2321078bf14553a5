import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { plainJson } from '../../src/config/open-config.ts';
import { definitionOf } from '../../src/config/schema/document.ts';
import { storeConnector } from '../../src/ledger/connectors.ts';
import { insertOutcomes } from '../../src/ledger/runs/outcomes.ts';
import { createRun } from '../../src/ledger/runs/runs.ts';
import { config, documentWith } from '../config/fixtures.ts';
import { emptyReport, finish, newRun } from '../fixtures/api.ts';
import { storeHeldPlan } from '../fixtures/plans.ts';
import { barriers, openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

describe('runs, plans and people in every state, in a browser', () => {
  let browser: Browser;
  let seeded: Seeded;
  let page: Page;

  before(async () => {
    seeded = await serveSeeded();
    const lookup = { 'lookup: { file: cost-centers.csv, key: code, value: name }': 'lookup: { values: { a: b } }' };
    const { document } = await config.readDocument(documentWith(lookup));
    const definition = document === null ? null : definitionOf(document, 'acme');
    assert.ok(definition !== null);
    await storeConnector(seeded.ledger, {
      ...{ connector: 'acme', managedBy: 'api', createdBy: 'ada', comment: null },
      definition: plainJson(definition),
    });
    browser = await startChromium();
    ({ page } = await openTab(browser, seeded.url));
    await seeded.signIn(page);
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  it('M-23: nobody to look after is said so', async () => {
    await page.goto('/people');
    await page.getByText('Everybody is in tune').waitFor();
    assert.deepEqual(await barriers(page), []);
  });

  it('M-23: a run that failed says why and what to do, and the connections can be checked on the spot', async () => {
    await createRun(seeded.ledger, newRun('refused'));
    await finish(seeded.ledger, 'refused', 'failed', {
      failure: { kind: 'auth', message: 'Entra refuses the client secret. Renew it, then run again.' },
    });
    await page.goto('/runs/refused');
    const notice = page.locator('.notice', { hasText: 'The run failed' });
    await notice.getByText('Renew it, then run again').waitFor();
    await notice.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'Check of acme' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(await barriers(page), []);
  });

  it('M-23: a plan that has expired is shown, and offers no decision', async () => {
    await storeHeldPlan(seeded.ledger, 'expired', [
      { person: 'p1', attribute: 'userProperty:Company', before: 'a', after: 'b' },
    ]);
    await sql`update run set plan_expires_at = now() - interval '1 hour' where id = 'expired'`.execute(
      seeded.ledger.db,
    );
    await page.goto('/runs/expired/plan');
    await page.getByText('This plan has expired').waitFor();
    await page.getByText('The next run makes a new plan').waitFor();
    for (const name of [/^Apply/, 'Reject…']) assert.equal(await page.getByRole('button', { name }).count(), 0);
    assert.deepEqual(await barriers(page), []);
  });

  it('M-23: a directory that does not answer leaves the search among those who were read', async () => {
    await page.goto('/people');
    const search = page.getByRole('searchbox', { name: 'Name, login or mail' });
    await search.fill('nobody@acme.example');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No run has seen anybody with that name').waitFor();
    const problem = {
      type: 'about:blank',
      kind: 'unavailable',
      status: 503,
      title: 'Away',
      detail: 'Try again later.',
    };
    let asked = 0;
    await page.route(/people\/search$/, (route) => {
      if (!route.request().postData()?.includes('"directory":true')) return route.fallback();
      asked += 1;
      return route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
    });
    await page.getByRole('button', { name: 'Ask the directory' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('Try again later.').waitFor();
    const again = page.waitForResponse(/people\/search$/);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await again;
    assert.equal(asked, 2, 'the directory is asked again, as was meant');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No run has seen anybody with that name').waitFor();
  });

  it('M-23: a mapping without rows says where they come from', async () => {
    await page.goto('/connectors/acme/mapping');
    const remove = page.getByRole('button', { name: /^Remove / });
    await remove.first().waitFor();
    for (let left = await remove.count(); left > 0; left -= 1) await remove.first().click();
    await page.getByText('No rows yet').waitFor();
    await page.getByText('Choose one of the attributes that your directory offers').waitFor();
    await page.getByRole('button', { name: 'Add attribute' }).waitFor();
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Discard the changes' }).click();
    await remove.first().waitFor();
  });

  it('a run tries those again who failed, and shows how what stood at the targets compares with the directory', async () => {
    const { ledger } = seeded;
    await createRun(ledger, newRun('broken'));
    const { targets } = emptyReport('broken', 'doneWithFailures');
    const [name = '', of] = Object.entries(targets)[0] ?? [];
    assert.ok(of);
    await finish(ledger, 'broken', 'doneWithFailures', { targets: { ...targets, [name]: { ...of, failed: 2 } } });
    await insertOutcomes(
      ledger,
      'broken',
      ['p1', 'p2'].map((person) => ({ target: name, person, outcome: 'failed', reason: 'stepFailed' })),
    );
    await sql`insert into parity (run, target, attribute, standing, people, examples)
      values ('broken', ${name}, 'userProperty:Company', 'equal', 1740, '{}'),
        ('broken', ${name}, 'userProperty:Company', 'different', 12, '{p1}')`.execute(ledger.db);
    await page.goto('/runs/broken');
    const row = page.getByRole('table', { name: 'Parity' }).getByRole('row').filter({ hasText: 'Company' });
    await row.waitFor();
    assert.match((await row.textContent()) ?? '', /Company1,740012 one of them00/);
    assert.deepEqual(await barriers(page), []);
    await page.getByRole('button', { name: 'Retry 2 failures' }).click();
    await page.waitForURL(/\/runs\/run-\d+$/);
  });
});
