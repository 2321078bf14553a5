import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { z } from 'zod';
import { AuditPageWire } from '../../src/api/schemas/audit.ts';
import { ConnectorWire } from '../../src/api/schemas/connectors.ts';
import { CoverageWire } from '../../src/api/schemas/overview.ts';
import { type Attune, startAttune } from './attune.ts';
import { openTab, startChromium } from './chromium.ts';

const Definition = z.looseObject({
  connector: z.looseObject({
    to: z.array(z.looseObject({ target: z.string(), attributes: z.array(z.looseObject({ from: z.json() })) })),
  }),
  targets: z.record(z.string(), z.json()),
});

const plain = (attribute: string): string => attribute.slice(attribute.indexOf(':') + 1);

describe('what pages tell is what the API tells, in a browser', () => {
  let attune: Attune;
  let browser: Browser;
  let page: Page;

  before(async () => {
    attune = await startAttune(200);
    browser = await startChromium();
    await attune.client.post('/api/connectors/sandbox/import', { to: 'api' }, ConnectorWire);
    ({ page } = await openTab(browser, attune.url));
    await attune.signIn(page);
    await page.getByRole('button', { name: 'Show values' }).click();
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  /** Goes to a page within the console: values stay shown. */
  const go = (address: string): Promise<void> =>
    page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, address);
  const stored = async () => {
    const { version, definition } = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    return { version, definition: Definition.parse(definition) };
  };

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

  it('S-2: versions are compared, lookup tables included, and an earlier one is stored again', async () => {
    const before = await stored();
    const changed = structuredClone(before.definition);
    const row = changed.connector.to.find(({ target }) => target === 'jira')?.attributes[0];
    assert.ok(row);
    row.transforms = [{ lookup: { values: { Contoso: 'Contoso Ltd' } } }];
    await attune.store(before.version, changed);
    await go('/connectors/sandbox/versions');
    const difference = page
      .locator('section.panel')
      .filter({ hasText: `From version ${before.version} to ${before.version + 1}` });
    await difference.getByText('Contoso Ltd').waitFor();
    await page.getByRole('button', { name: `Back to ${before.version}…` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Contoso Ltd').waitFor();
    await dialog.getByRole('button', { name: `Store it as version ${before.version + 2}` }).click();
    await page.getByText(`${before.version + 2} (stands)`).waitFor();
    const now = await stored();
    assert.equal(now.version, before.version + 2);
    assert.deepEqual(now.definition, before.definition);
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

  it('S-8: forms and YAML are one definition: nothing of it is lost either way, known or not', async () => {
    const { definition } = await stored();
    await go('/connectors/sandbox/document');
    const yaml = page.getByRole('textbox', { name: 'Definition as YAML' });
    await yaml.waitFor();
    assert.deepEqual(parse(await yaml.inputValue()), definition, 'the YAML is the definition');
    const future = structuredClone(definition);
    future.connector.futureSetting = { of: ['a', 'release'], to: null };
    const jira = future.connector.to.find(({ target }) => target === 'jira');
    assert.ok(jira?.attributes[0]);
    Object.assign(jira, { futurePart: 7 });
    jira.attributes[0].futureWord = 'kept';
    await yaml.fill(JSON.stringify(future, null, 2));
    await yaml.blur();
    await page
      .getByText(/futureSetting/)
      .first()
      .waitFor();
    // Edits in three forms, none of which knows anything of that.
    const tabs = page.getByRole('navigation', { name: 'Pages of sandbox' });
    await tabs.getByRole('link', { name: 'Mapping' }).click();
    await page.getByRole('button', { name: 'Company', exact: true }).click();
    await page.getByRole('radio', { name: 'Constant' }).check({ force: true });
    await page.getByLabel('The same value for everybody').fill('Acme');
    await page.getByRole('button', { name: 'Keep as a draft' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await tabs.getByRole('link', { name: 'Guard' }).click();
    await page.getByLabel('changedPeople, count').fill('77');
    await tabs.getByRole('link', { name: 'Settings' }).click();
    await page.getByLabel('Requests at once to jira').fill('3');
    await tabs.getByRole('link', { name: 'Document' }).click();
    const after = Definition.parse(parse(await yaml.inputValue()));
    const expected = structuredClone(future);
    const row = expected.connector.to.find(({ target }) => target === 'jira')?.attributes[0];
    assert.ok(row);
    row.from = { constant: 'Acme' };
    assert.deepEqual(after.connector.to, expected.connector.to);
    assert.deepEqual(after.connector.futureSetting, future.connector.futureSetting);
    const { changedPeople } = z
      .looseObject({ changedPeople: z.looseObject({ count: z.int() }) })
      .parse(after.connector.guard);
    assert.equal(changedPeople.count, 77);
    assert.equal(z.looseObject({ inFlight: z.int() }).parse(after.targets.jira).inFlight, 3);
    await page.getByRole('button', { name: 'Discard the changes' }).click();
    assert.deepEqual(parse(await yaml.inputValue()), definition, 'dropped, all is as it is stored');
  });
});
