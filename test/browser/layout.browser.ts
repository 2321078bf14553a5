import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ConnectorWire } from '../../src/api/schemas/connectors.ts';
import { type Attune, startAttune } from './attune.ts';
import { barriers, openTab, startChromium } from './chromium.ts';
import { Definition, rowsOf } from './definition.ts';

describe('how pages are laid out, in a browser', () => {
  let attune: Attune;
  let browser: Browser;
  let page: Page;
  /** Every page with what it shows once all of it is there. */
  let pages: readonly (readonly [address: string, shows: string])[];

  before(async () => {
    attune = await startAttune(200);
    browser = await startChromium();
    const full = await attune.run({ mode: 'full' });
    await attune.takeOver();
    const stored = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    const slip = Definition.parse(stored.definition);
    for (const row of rowsOf(slip, 'jira')) if (row.userProperty === 'Company') row.from = 'department';
    await attune.store(stored.version, slip);
    const held = await attune.run({ mode: 'full' });
    assert.equal(held.status, 'awaitingApproval');
    const [somebody] = await attune.control.people();
    pages = [
      ['/', 'Coverage'],
      ['/connectors', 'Edited in'],
      ['/connectors/sandbox/mapping', 'Tried on 200 people in'],
      ['/connectors/sandbox/settings', 'Who takes part'],
      ['/connectors/sandbox/schedules', 'It runs only when you start it'],
      ['/connectors/sandbox/guard', 'What one run may change'],
      ['/connectors/sandbox/versions', 'From version 1 to 2'],
      ['/connectors/sandbox/document', 'The whole definition'],
      ['/runs', 'Held for a decision'],
      [`/runs/${full.id}`, 'The match rules find no account'],
      [`/runs/${held.id}`, 'The match rules find no account'],
      [`/runs/${held.id}/plan`, 'in Company today'],
      ['/people', 'The match rules find no account'],
      ['/people?connector=sandbox&target=jira&outcome=unmatched&reason=noAccount', 'The match rules find no account'],
      [`/people/sandbox/${somebody?.id}`, 'What the directory says'],
      [`/people/sandbox/${somebody?.id}?tab=timeline`, 'Timeline'],
      ['/targets', 'jira'],
      ['/targets/jira', 'Never checked'],
      ['/history', 'stored'],
      ['/settings', 'Parts'],
    ];
    ({ page } = await openTab(browser, attune.url));
    await attune.signIn(page);
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  const show = async (address: string, shows: string): Promise<void> => {
    await page.goto(address);
    await page
      .locator('main')
      .getByText(shows)
      .filter({ visible: true })
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(async () => assert.fail(`${address}: ${(await page.locator('main').textContent())?.slice(0, 300)}`));
  };

  it('S-15, M-22: texts half as long again are cut off nowhere, and no page is wider than a narrow screen', async () => {
    const wrong: string[] = [];
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [address, shows] of pages) {
        await show(address, shows);
        wrong.push(...(await page.evaluate(cutOff, width > 320)).map((what) => `${address} at ${width}: ${what}`));
        if (width === 320) wrong.push(...(await barriers(page)).map((what) => `${address} at ${width}: ${what}`));
      }
      await show('/connectors/sandbox/mapping', 'Tried on 200 people in');
      await page.getByRole('button', { name: 'Add attribute' }).click();
      await page.getByRole('combobox', { name: 'Attribute of the directory' }).fill('jobTitle');
      await page.getByRole('option', { name: /^jobTitle/ }).click();
      await page.getByRole('dialog').getByText('get a value').waitFor();
      wrong.push(...(await page.evaluate(cutOff, width > 320)).map((what) => `the row editor at ${width}: ${what}`));
      await page.keyboard.press('Escape');
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    assert.deepEqual(wrong, []);
  });

  it('S-15: plan, run, person and mapping print what they say, without what is for the screen alone', async () => {
    const printed = pages.filter(([address]) => /plan$|^\/runs\/|^\/people\/[^?]+$|mapping$/.test(address));
    assert.equal(printed.length, 5);
    for (const [address, shows] of printed) {
      await show(address, shows);
      await page.emulateMedia({ media: 'print' });
      const headings = await page.locator('main h1, main section:not(.on-screen *) > header h2').all();
      assert.ok(headings.length >= 2, address);
      for (const one of headings) assert.ok(await one.isVisible(), `${address}: ${await one.textContent()}`);
      for (const gone of ['nav', '.top', '.button', '.actions', '.commands', '.on-screen']) {
        for (const one of await page.locator(gone).all()) assert.ok(!(await one.isVisible()), `${address}: ${gone}`);
      }
      await page.emulateMedia({ media: 'screen' });
    }
  });
});

/** What is cut off or sticks out of the page; with `longer`, once every text is in brackets and 40 % longer. */
const cutOff = (longer: boolean): readonly string[] => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); longer && node !== null; node = texts.nextNode()) {
    const text = node.textContent ?? '';
    if (!/\p{L}{2}/u.test(text) || node.parentElement?.closest('code, pre, .mono, script, style, option')) continue;
    node.textContent = `[${text}${'~'.repeat(Math.ceil(text.trim().length * 0.4))}]`;
  }
  const found: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) found.push(`scrolls sideways: ${root.scrollWidth} px`);
  for (const element of document.querySelectorAll<HTMLElement>('body *')) {
    const { overflowX, textOverflow } = getComputedStyle(element);
    if (element.closest('.visually-hidden, svg, .commands, input, textarea') !== null || element.clientWidth === 0)
      continue;
    const hides = overflowX === 'hidden' || overflowX === 'clip' || textOverflow === 'ellipsis';
    if (hides && element.scrollWidth > element.clientWidth + 1) {
      found.push(`cut off: ${element.tagName}.${element.className} ${element.textContent?.slice(0, 60)}`);
    }
  }
  return found;
};
