import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConnectorWire } from '../../src/api/schemas/connectors.ts';
import { WhatIfWire } from '../../src/api/schemas/what-if.ts';
import { type Attune, startAttune } from './attune.ts';
import { goWithin, openTab, startChromium } from './chromium.ts';
import { Definition, rowsOf } from './definition.ts';

describe('the definition of a connector, in a browser', () => {
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
  const stored = async () => {
    const { version, definition } = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    return { version, definition: Definition.parse(definition) };
  };

  it('S-2: versions are compared, lookup tables included, and an earlier one is stored again', async () => {
    const before = await stored();
    const changed = structuredClone(before.definition);
    const row = rowsOf(changed, 'jira')[0];
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
    const row = rowsOf(expected, 'jira')[0];
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

  it('S-17: a mapping, saved or not, tells what it would change for everybody as last read, and asks nobody', async () => {
    const { version, definition } = await stored();
    await go('/connectors/sandbox/mapping');
    await page.getByText(/Tried on 200 people in/).waitFor();
    await attune.control.clearJournal();
    const panel = page
      .locator('section.panel')
      .filter({ has: page.getByRole('heading', { name: 'What it would change' }) });
    const ask = async (): Promise<WhatIfWire> => {
      const answered = page.waitForResponse((answer) => answer.url().endsWith('/what-if'));
      await panel.getByRole('button', { name: /^Work it out/ }).click();
      return WhatIfWire.parse(await (await answered).json());
    };
    await ask();
    await panel.getByText('Nothing would be written').waitFor();
    // An attribute of which nothing is known yet: that is not the same as nothing to write.
    const tried = async (path: string): Promise<void> => {
      await page.getByRole('combobox', { name: 'Attribute of the directory' }).fill(path);
      await page.getByRole('option', { name: new RegExp(`^${path}`) }).click();
      await page.getByRole('button', { name: 'Keep as a draft' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await page.getByText('Choose where the value comes from').waitFor();
    await tried('jobTitle');
    const { unread = 0 } = (await ask()).targets.jira ?? {};
    assert.ok(unread > 100);
    await panel
      .getByText(`For ${unread} people at jira only a plan can tell, since it reads their accounts.`)
      .waitFor();
    await page.getByRole('button', { name: 'Discard the changes' }).click();
    // Unsaved: a slip in one row.
    await page.getByRole('button', { name: 'Company', exact: true }).click();
    await tried('department');
    await panel.getByText('The mapping has changed since').waitFor();
    const told = await ask();
    const planned = told.targets.jira?.planned ?? 0;
    assert.ok(planned > 100, 'the slip concerns most people');
    await panel.getByText(`Something would be written for ${planned} people at jira.`).waitFor();
    await panel.getByText('The guard would hold it.').waitFor();
    const [company] = told.targets.jira?.attributes ?? [];
    const row = panel.getByRole('table', { name: 'What it would change, by attribute' }).getByRole('row').nth(1);
    const { filled = -1, replaced = -1, cleared = -1, foreign = -1 } = company ?? {};
    assert.equal(await row.textContent(), `Company jira${filled}${replaced}${cleared}${foreign}0`);
    const [kind] = company?.kinds ?? [];
    await panel
      .getByRole('row')
      .filter({ hasText: kind?.before ?? '' })
      .filter({ hasText: kind?.after ?? '' })
      .first()
      .waitFor();
    // Saved, it tells the same: nobody has it yet.
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(`Version ${version + 1} is stored`).waitFor();
    assert.deepEqual((await ask()).targets, told.targets);
    assert.deepEqual(await attune.control.counts(), {}, 'the directory was not asked');
    for (const product of ['jira', 'wiki'] as const) {
      assert.equal((await attune.control.traffic(product)).asked.size, 0, `nor ${product}`);
    }
    await attune.store(version + 1, definition);
  });
});
