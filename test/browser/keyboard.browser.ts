import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Attune, startAttune } from './attune.ts';
import { openTab, startChromium } from './chromium.ts';

describe('the console without a pointer, in a browser', () => {
  let attune: Attune;
  let browser: Browser;

  before(async () => {
    attune = await startAttune();
    browser = await startChromium();
    await attune.takeOver();
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  it('M-22: the whole way, from the overview to a value at a real person, by keyboard alone', async () => {
    const { page, context } = await openTab(browser, attune.url);
    await attune.signIn(page);
    const focused = (): Promise<string> =>
      page.evaluate(() => {
        const { activeElement: one } = document;
        return [one?.getAttribute('aria-label'), one?.id, one?.textContent].filter((text) => text).join(' ');
      });
    /** Steps on until what is meant has the focus, as somebody without a pointer does. */
    const tabTo = async (meant: RegExp, key = 'Tab'): Promise<void> => {
      for (let steps = 0; steps < 60; steps += 1) {
        if (meant.test(await focused())) return;
        await page.keyboard.press(key);
      }
      assert.fail(`${meant} is not reached; the focus is on ${await focused()}`);
    };
    await tabTo(/^Show values/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Connectors' }).waitFor();
    await page.getByRole('link', { name: 'sandbox' }).waitFor();
    await page.keyboard.press('j');
    assert.match(await focused(), /^sandbox/);
    await page.keyboard.press('Enter');
    await page.getByText(/Tried on 200 people in/).waitFor();
    await tabTo(/^Add attribute/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(/from-path/);
    await page.keyboard.type('cit');
    await page.getByRole('option', { name: /^city/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('combobox', { name: 'Attribute of the directory' }).inputValue(), 'city');
    await tabTo(/row-name/, 'Shift+Tab');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('Town');
    await page.keyboard.press('Tab');
    // The form is a group of radio buttons: one stop, and arrows within it.
    for (let turns = 0; turns < 4; turns += 1) await page.keyboard.press('ArrowRight');
    await page.getByRole('textbox', { name: 'Expression' }).waitFor();
    await tabTo(/^Expression/);
    await page.keyboard.press('End');
    await page.keyboard.type(' & "!"'.replaceAll('"', "'").slice(0, -1));
    await page.locator('.tried[aria-busy="false"]').waitFor();
    // The list of completions closes first; the editor catches nobody.
    await tabTo(/^Save and sync/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Write 1 value/ }).waitFor();
    await attune.control.clearJournal();
    await tabTo(/^Write 1 value/);
    await page.keyboard.press('Enter');
    await dialog.getByText('1 value set.').waitFor();
    const { writes } = await attune.control.traffic('jira');
    assert.equal(writes.length, 1);
    assert.match(writes[0] ?? '', / Town .+!$/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await context.close();
  });
});
