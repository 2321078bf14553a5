import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { ConnectorWire, StoredConnectorWire } from '../../src/api/schemas/connectors.ts';
import { type Attune, startAttune } from './attune.ts';
import { openTab, startChromium } from './chromium.ts';
import { Definition, rowsOf } from './definition.ts';

describe('the mapping of a connector, in a browser', () => {
  let attune: Attune;
  let browser: Browser;

  before(async () => {
    attune = await startAttune();
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  /** A tab at the mapping, signed in, with values shown. */
  const openMapping = async () => {
    const tab = await openTab(browser, attune.url);
    await attune.signIn(tab.page);
    await tab.page.getByRole('button', { name: 'Show values' }).click();
    await tab.page.getByRole('link', { name: 'sandbox' }).click();
    await tab.page.getByText(/Tried on 200 people in/).waitFor();
    return tab;
  };

  const path = (page: Page) => page.getByRole('combobox', { name: 'Attribute of the directory' });

  const expression = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('radio', { name: 'Expression' }).check({ force: true });
    const editor = page.getByRole('textbox', { name: 'Expression' });
    await editor.fill('');
    await editor.pressSequentially(text);
  };

  it('M-11: a connector of the file is shown and tried, not saved, until it is taken over', async () => {
    const { page, context } = await openMapping();
    await page.getByText('This connector is defined in the file').waitFor();
    await page.getByRole('button', { name: 'Company', exact: true }).click();
    await expression(page, '$lowercase(companyName');
    await page.locator('button:disabled', { hasText: /^Save$/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    const viewer = await attune.client.post(
      '/api/tokens',
      { name: 'viewer', can: ['read'] },
      z.object({ token: z.string() }),
    );
    const other = await openTab(browser, attune.url);
    await other.page.goto('/login');
    await other.page.getByLabel('Token').fill(viewer.token);
    await other.page.getByRole('button', { name: 'Sign in' }).click();
    await other.page.getByRole('link', { name: 'sandbox' }).click();
    await other.page.getByText('This connector is defined in the file').waitFor();
    assert.equal(
      await other.page.getByRole('button', { name: 'Take it over' }).count(),
      0,
      'for who may configure alone',
    );
    await other.context.close();
    await page.getByRole('button', { name: 'Take it over' }).click();
    await page.getByText('This connector is defined in the file').waitFor({ state: 'detached' });
    assert.equal((await attune.client.get('/api/connectors/sandbox', ConnectorWire)).managedBy, 'api');
    await context.close();
  });

  it('M-5, M-7, M-12: a new attribute stands at a real person in a minute, and typing asks nobody', async () => {
    await attune.takeOver('api');
    const { page, context } = await openMapping();
    await attune.control.clearJournal();
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await path(page).fill('jobTi');
    await page.getByRole('option', { name: /^jobTitle/ }).click();
    assert.equal(await page.getByLabel('User property').inputValue(), 'Job title');
    const asked = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) asked.add(`${request.method()} ${pathname}`);
    });
    const validated = page.waitForResponse((answer) => answer.url().endsWith('/validate'));
    const long = "$join([jobTitle, department, city, country], ' / ') & ' of ' & companyName & ' ".padEnd(200, 'x');
    await expression(page, long);
    await expression(page, '$uppercase(jobTitle');
    await page.getByText(/get a value/).waitFor();
    // The preview is of what stands in the editor: nobody has anything but capitals.
    await page.locator('.tried[aria-busy="false"]').waitFor();
    await page.waitForFunction(() => {
      const shown = [...document.querySelectorAll('.in-view bdi.value')].at(-1)?.textContent ?? '';
      return /[A-Z]{2}/.test(shown) && shown === shown.toUpperCase();
    });
    assert.deepEqual(await attune.control.counts(), {}, 'the directory was not asked while it was written');
    for (const product of ['jira', 'wiki'] as const) {
      assert.equal((await attune.control.traffic(product)).asked.size, 0, `nor ${product}`);
    }
    await validated;
    assert.deepEqual([...asked], ['POST /api/connectors/sandbox/validate'], 'Attune was asked whether it is valid');
    await page.getByRole('button', { name: /^Save and sync/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Write/ }).waitFor();
    const listed = await dialog
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => (row.textContent ?? '').trim()));
    assert.equal(listed.length, 1, 'the new attribute alone is pending');
    await attune.control.clearJournal();
    await dialog.getByRole('button', { name: 'Write 1 value' }).click();
    await dialog.getByText('1 value set.').waitFor();
    const { writes } = await attune.control.traffic('jira');
    assert.equal(writes.length, 1);
    const [, value = ''] = /Job title (.*)$/.exec(writes[0] ?? '') ?? [];
    assert.ok(value !== '' && (listed[0] ?? '').endsWith(value), 'what was written is what the dialog listed');
    assert.deepEqual((await attune.control.traffic('wiki')).writes, []);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('So far one person has it.').waitFor();
    await context.close();
  });

  it('S-3: what an attribute may come from is suggested by its name and by what accounts hold', async () => {
    const { page, context } = await openMapping();
    await page.getByRole('button', { name: 'Employee ID', exact: true }).click();
    await path(page).fill('');
    await path(page).click();
    const first = page.getByRole('option').first();
    await first.getByText('same name').waitFor();
    assert.match((await first.textContent()) ?? '', /^employeeId.*equals what (100|> 99|9\d) % of accounts hold/);
    await context.close();
  });

  it('M-9: a slip says what was meant, a path of the own tenant is taken as typed, a broken expression is marked', async () => {
    await attune.takeOver('api');
    const { page, context } = await openMapping();
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await path(page).fill('jobT');
    const offer = page.getByRole('option', { name: /^jobTitle/ });
    // With its type, an example of a real person, and how many have a value there.
    assert.match((await offer.textContent()) ?? '', /^jobTitle\d+ %text, such as \p{L}+/u);
    await path(page).fill('jobTitel');
    await page.keyboard.press('Escape');
    await page.getByLabel('User property').fill('Title');
    await page.getByText('Did you mean jobTitle?').waitFor();
    assert.equal(await path(page).inputValue(), 'jobTitel');
    await page.locator('button:disabled', { hasText: /^Save$/ }).waitFor();
    await path(page).fill('extension_51f0_shoeSize');
    await page.keyboard.press('Escape');
    await page.getByText('Not in the sample yet: extension_51f0_shoeSize').waitFor();
    await page.locator('button:enabled', { hasText: /^Save$/ }).waitFor();
    await expression(page, 'city & & department');
    await page.locator('.cm-lintRange-error').first().waitFor();
    const marked = await page.locator('.cm-lintRange-error').allTextContents();
    assert.equal(marked.join(''), '& department', 'from the character at fault on');
    await page.locator('button:disabled', { hasText: /^Save$/ }).waitFor();
    await context.close();
  });

  it('M-8: what runs away is stopped after a second, and the page goes on', async () => {
    await attune.takeOver('api');
    const { page, context } = await openMapping();
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await page.getByLabel('User property').fill('Loop');
    await page.getByRole('radio', { name: 'Expression' }).check({ force: true });
    const editor = page.getByRole('textbox', { name: 'Expression' });
    await editor.fill('city');
    await page.locator('.tried[aria-busy="false"] .in-view[data-stale="false"]').waitFor();
    await editor.fill('$sum([1..9000].($sum([1..5000])))');
    // What an older text gave is greyed, and said to be waited for, until it is replaced or given up.
    await page.locator('.tried[aria-busy="true"] .in-view[data-stale="true"]').waitFor();
    await page.getByText('Stopped after a second').waitFor();
    await editor.fill('department');
    await page.locator('.tried[aria-busy="false"]').waitFor();
    await page.getByText('Stopped after a second').waitFor({ state: 'detached' });
    await context.close();
  });

  it('M-10: what two people change is both kept; what both change in different ways is decided', async () => {
    await attune.takeOver('api');
    const { page, context } = await openMapping();
    await page.getByRole('button', { name: 'Company', exact: true }).click();
    await expression(page, '$uppercase(companyName');
    // Meanwhile somebody else stores two rows of their own, one of them the very same.
    const stored = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    const theirs = Definition.parse(stored.definition);
    for (const row of rowsOf(theirs, 'jira')) {
      if (row.userProperty === 'Company') row.from = '$lowercase(companyName)';
      if (row.userProperty === 'Employee ID') row.from = '$trim(employeeId)';
    }
    const heard = page.waitForResponse(
      (answer) => answer.request().method() === 'GET' && new URL(answer.url()).pathname === '/api/connectors/sandbox',
    );
    await attune.store(stored.version, theirs);
    // The page has heard of it, and has had the time to show it, when it saves: what was begun must not move for that.
    await (await heard).finished();
    await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const view = page.getByRole('alert').filter({ hasText: 'while you worked on version' });
    await view.waitFor();
    const company = view.getByRole('row').filter({ hasText: 'Company' });
    for (const part of ['companyName', '$uppercase(companyName', '$lowercase(companyName']) {
      assert.ok((await company.textContent())?.includes(part), part);
    }
    await view.locator('button:disabled', { hasText: '1 to decide' }).waitFor();
    await company.getByRole('radio', { name: 'yours' }).check();
    await view.getByRole('button', { name: 'Save both' }).click();
    await view.waitFor({ state: 'detached' });
    const merged = StoredConnectorWire.omit({ warnings: true }).parse(
      await attune.client.get('/api/connectors/sandbox', ConnectorWire),
    );
    assert.equal(merged.version, stored.version + 2);
    const after = JSON.stringify(merged.definition);
    assert.ok(after.includes('$uppercase(companyName)') && after.includes('$trim(employeeId)'));
    assert.ok(!after.includes('$lowercase(companyName)'));
    await context.close();
  });
});
