import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { AuditPageWire } from '../../src/api/schemas/audit.ts';
import { ExplanationWire } from '../../src/api/schemas/connectors.ts';
import { CoverageWire } from '../../src/api/schemas/overview.ts';
import { PersonHistoryWire } from '../../src/api/schemas/people.ts';
import { TargetWire, WhyWire } from '../../src/api/schemas/targets.ts';
import { type Attune, startAttune } from './attune.ts';
import { goWithin, openTab, startChromium } from './chromium.ts';

const plain = (attribute: string): string => attribute.slice(attribute.indexOf(':') + 1);

describe('what pages tell is what the API tells, in a browser', () => {
  let attune: Attune;
  let browser: Browser;
  let page: Page;

  before(async () => {
    attune = await startAttune(200);
    browser = await startChromium();
    await attune.takeOver();
    ({ page } = await openTab(browser, attune.url));
    await attune.signIn(page);
    await page.getByRole('button', { name: 'Show values' }).click();
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  const go = (address: string): Promise<void> => goWithin(page, address);
  const explained = (user: string) => attune.client.post('/api/connectors/sandbox/explain', { user }, ExplanationWire);

  it('M-17: a person is shown as explain and why tell it, step by step, value by value, and with all that changed', async () => {
    const people = await attune.control.people();
    let told = await explained(people[0]?.id ?? '');
    for (const { id } of people.slice(0, 40)) {
      if (Object.values(told.targets).every(({ account }) => account !== null)) break;
      told = await explained(id);
    }
    await go(`/people/sandbox/${told.person}`);
    await page.getByRole('heading', { name: 'What the directory says' }).waitFor();
    for (const [target, { attributes, account }] of Object.entries(told.targets)) {
      const panel = page.locator('section.panel').filter({ has: page.getByLabel(`Steps at ${target}`) });
      const steps = await panel.getByLabel(`Steps at ${target}`).locator('li strong').allTextContents();
      assert.deepEqual(steps, ['Read', 'Scope', 'Mapping', 'Match', 'Write']);
      assert.ok(account !== null && ((await panel.locator('header').textContent()) ?? '').includes(account.username));
      const rows = await panel.locator('tbody tr').allTextContents();
      assert.equal(rows.length, attributes.length);
      for (const [at, { attribute, after: value, why }] of attributes.entries()) {
        for (const part of [plain(attribute), value ?? 'no value', why]) {
          assert.ok(rows[at]?.includes(part), `${rows[at]} lacks ${part}`);
        }
      }
      const [first] = attributes.filter(({ after: value }) => value !== null);
      assert.ok(first);
      const why = await attune.client.post(
        `/api/targets/${target}/why`,
        { account: account.username, attribute: first.attribute },
        WhyWire,
      );
      const row = panel
        .locator('tbody tr')
        .filter({ hasText: plain(first.attribute) })
        .first();
      await row.getByRole('button', { name: 'Why' }).click();
      const words = { written: 'written by Attune', adopted: 'found equal and adopted', foreign: 'not Attune’s' };
      await row.getByText(Object.entries(words).find(([origin]) => origin === why.origin)?.[1] ?? 'none').waitFor();
      const origin = (await row.textContent()) ?? '';
      if (why.write !== null)
        assert.ok(origin.includes(`version ${why.write.version}`) && origin.includes(why.write.run.slice(0, 8)));
      assert.ok(origin.includes(`row ${why.rows.map(({ row: number }) => number + 1).join(', ')}`));
    }
    const { changes } = await attune.client.get(
      `/api/connectors/sandbox/people/${told.person}/history`,
      PersonHistoryWire,
    );
    assert.ok(changes.length > 0);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.locator('tbody tr').first().waitFor();
    const lines = await page.locator('tbody tr').allTextContents();
    assert.equal(lines.length, changes.length);
    for (const [at, { attribute, after: value }] of changes.entries()) {
      assert.ok(lines[at]?.includes(plain(attribute)) && lines[at]?.includes(value ?? 'cleared'), lines[at]);
    }
  });

  it('S-4: the overview shows how far each attribute is filled, as the directory has it', async () => {
    const { attributes } = await attune.client.get('/api/connectors/sandbox/coverage', CoverageWire);
    const people = (await attune.control.people()).filter(({ employeeType }) => employeeType !== 'Service');
    const company = attributes.find(
      ({ target, attribute }) => target === 'jira' && attribute === 'userProperty:Company',
    );
    const filled = people.filter(({ companyName }) => typeof companyName === 'string' && companyName.trim() !== '');
    assert.deepEqual([company?.people, company?.withValue], [people.length, filled.length]);
    await go('/');
    const table = page.getByRole('table', { name: 'Coverage of sandbox' });
    await table.waitFor();
    for (const { target, attribute, people: of, withValue } of attributes) {
      const row = table
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader', { name: plain(attribute), exact: true }) });
      assert.ok(
        (await row.getByTitle(`${withValue} of ${of} people`).count()) > 0,
        `${attribute} at ${target}: ${withValue} of ${of}`,
      );
    }
  });

  it('S-5: a target is checked, and a write test leaves the account as it was', async () => {
    const account = (await attune.control.accounts('jira')).find(
      ({ active, properties, username }) => active && Object.keys(properties).length > 2 && !username.startsWith('svc'),
    );
    assert.ok(account);
    await go('/targets/jira');
    await attune.control.clearJournal();
    await page.getByRole('button', { name: 'Check now' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('listitem').first().waitFor();
    assert.deepEqual((await attune.control.traffic('jira')).writes, [], 'a check writes nothing');
    await dialog.getByLabel('Write test on the account').fill(account.username);
    await dialog.getByRole('button', { name: 'Write, read back and restore' }).click();
    await dialog.getByText('set, replaced, read back and cleared').first().waitFor();
    const { writes } = await attune.control.traffic('jira');
    assert.ok(writes.length >= 2 && writes.every((write) => write.startsWith(`${account.username} `)), writes.join());
    const after = (await attune.control.accounts('jira')).find(({ username }) => username === account.username);
    assert.deepEqual(after, account);
    await page.keyboard.press('Escape');
    await page.getByText(/For sandbox/).waitFor();
    const { inFlight, requests, throttled } = await attune.client.get('/api/targets/jira', TargetWire);
    assert.ok(inFlight !== null && requests.read > 0 && throttled.of > 0);
    const load = page.locator('section.panel').filter({ has: page.getByRole('heading', { name: 'Load' }) });
    for (const told of [
      `${throttled.answers} of ${throttled.of} requests counted so far`,
      `${requests.read} read, ${requests.write} to write, ${requests.listing} for listings, ${requests.login} sign-ins`,
      `0 of ${inFlight}`,
    ]) {
      await load.getByText(told.replaceAll(/\d{4,}/g, (digits) => Number(digits).toLocaleString('en'))).waitFor();
    }
  });

  it('S-6: the history is narrowed, and saved as exactly what is shown', async () => {
    await go('/history');
    await page.getByLabel('About').fill('sandbox');
    await page.waitForURL(/about=sandbox/);
    const { entries } = await attune.client.get('/api/audit?subject=sandbox&limit=1000', AuditPageWire);
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.locator('tbody tr').count(), Math.min(100, entries.length));
    for (const as of ['csv', 'json'] as const) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: `Save as ${as.toUpperCase()}` }).click();
      const saved = await saving;
      assert.equal(saved.suggestedFilename(), `attune-history.${as}`);
      const text = await readFile(await saved.path(), 'utf8');
      if (as === 'json')
        assert.equal(z.array(z.object({ who: z.string() })).parse(JSON.parse(text)).length, entries.length);
      else assert.equal(text.trim().split('\r\n').length, entries.length + 1);
    }
  });
});
