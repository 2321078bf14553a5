import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { z } from 'zod';
import { AuditPageWire } from '../../src/api/schemas/audit.ts';
import { ConnectorWire, ExplanationWire } from '../../src/api/schemas/connectors.ts';
import { CoverageWire } from '../../src/api/schemas/overview.ts';
import { PersonHistoryWire } from '../../src/api/schemas/people.ts';
import { WhyWire } from '../../src/api/schemas/targets.ts';
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
    await page.getByText(/requests since Attune counts them/).waitFor();
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
