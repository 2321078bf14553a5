import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { found } from '../fixtures/canary.ts';
import { type Attune, startAttune } from './attune.ts';
import { barriers, openTab, startChromium, type Watched } from './chromium.ts';
import { openShell } from './commands.ts';

describe('a walk through all pages of the console', () => {
  let attune: Attune;
  let browser: Browser;
  /** All that pages showed as a command. */
  const commands = new Set<string>();

  before(async () => {
    attune = await startAttune();
    // Something to decide over: the directory has moved on since everybody was in tune.
    await attune.control.edit(20);
    assert.equal((await attune.run({ mode: 'full', intent: 'plan' })).status, 'planned');
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await attune?.close();
  });

  /** Every page and every dialog, each looked at by axe. */
  const walk = async (page: Page, looked: (where: string, barriers: readonly string[]) => void): Promise<void> => {
    const look = async (where: string): Promise<void> => {
      looked(where, await barriers(page));
      const shown = await page.locator('.commands pre').allTextContents();
      for (const line of shown.flatMap((text) => text.split('\n'))) commands.add(line);
    };
    await page.goto('/login');
    await page.getByLabel('Token').waitFor();
    await look('sign in');
    await attune.signIn(page);
    await page.getByText('Live').waitFor();
    await page.getByText('In tune').waitFor();
    await look('overview, values hidden');
    await page.getByRole('button', { name: 'Show values' }).click();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await look('keys');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    await look('menu');
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Everybody, plan only' }).first().click();
    await page.getByRole('link', { name: 'Look at the plan' }).click();
    await page.getByText(/\d kinds?$/).waitFor();
    await look('plan');
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/Comment/)
      .waitFor();
    await look('plan, a decision');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Everybody' }).first().waitFor();
    await look('runs');
    await page.getByRole('link', { name: 'Everybody' }).last().click();
    await page.getByRole('heading', { name: 'Not written, and why' }).waitFor();
    await page.getByText('The match rules find no account').first().waitFor();
    await look('run');
    await page
      .getByRole('button', { name: /^[\d,]+ (person|people)$/ })
      .first()
      .click();
    await page.locator('.people-of a').first().waitFor();
    await look('run, who was not written');
    await page.locator('.people-of a').first().click();
    await page.getByRole('heading', { name: 'What the directory says' }).waitFor();
    await look('person without an account');

    await page.getByRole('link', { name: 'Timeline' }).click();
    await page
      .getByText(/No run has changed anything|written/)
      .first()
      .waitFor();
    await look('person, timeline');
    await page.getByRole('link', { name: 'Link by hand' }).click();
    await page.getByLabel('Username of the account').waitFor();
    await look('person, link by hand');

    await page.getByRole('link', { name: 'People', exact: true }).click();
    await page.getByRole('link', { name: /people, noAccount at jira/ }).click();
    await page.getByRole('table', { name: 'People of this reason' }).waitFor();
    await look('people, by reason');
    const [somebody] = await attune.control.people();
    const name = String(somebody?.displayName ?? '');
    await page.getByRole('searchbox', { name: 'Name, login or mail' }).fill(name.slice(0, 4));
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('table', { name: 'People found' }).waitFor();
    await look('people, found');
    await page.getByRole('searchbox', { name: 'Name, login or mail' }).fill('nobody at all');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No run has seen anybody with that name').waitFor();
    await look('people, nobody found');

    await page.getByRole('link', { name: 'Targets', exact: true }).click();
    await page.getByRole('link', { name: 'jira', exact: true }).waitFor();
    await look('targets');
    await page.getByRole('link', { name: 'jira', exact: true }).click();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    await look('check of a target');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText(/For sandbox/).waitFor();
    await look('target');

    await page.getByRole('link', { name: 'History', exact: true }).click();
    await page.getByText('checked a connection').first().waitFor();
    await look('history');
    await page.getByLabel('Who').fill('nobody');
    await page.getByText('Nothing of this kind').waitFor();
    await look('history, empty');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await page.getByRole('table', { name: 'Parts' }).waitFor();
    await page.getByRole('button', { name: 'Viewer' }).waitFor();
    await look('settings');

    await page.getByRole('link', { name: 'Connectors' }).click();
    await page.getByRole('link', { name: 'sandbox' }).waitFor();
    await look('connectors');
    await page.getByRole('link', { name: 'sandbox' }).click();
    await page.getByText(/Tried on 200 people in/).waitFor();
    await look('mapping');
    await page.getByRole('button', { name: 'Add attribute' }).click();
    await page.getByRole('combobox', { name: 'Attribute of the directory' }).click();
    await page.getByRole('option').first().waitFor();
    await look('row editor with its list of paths');
    await page.keyboard.press('Escape');
    for (const form of ['First of', 'Join', 'Constant', 'Expression']) {
      await page.getByRole('radio', { name: form }).check({ force: true });
      await look(`row editor, ${form}`);
    }
    await page.getByRole('textbox', { name: 'Expression' }).fill('$uppercase(jobTitle');
    await page.locator('.cm-lintRange').waitFor();
    await look('row editor, a broken expression');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'wiki', exact: true }).click();
    await page.getByRole('button', { name: 'position', exact: true }).click();
    await page.getByRole('heading', { name: 'Attribute position' }).waitFor();
    await look('row editor of a profile field');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const tabs = page.getByRole('navigation', { name: 'Pages of sandbox' });
    for (const [tab, told] of [
      ['Settings', 'Who takes part'],
      ['Schedules', 'It runs only when you start it'],
      ['Guard', 'What one run may change'],
      ['Versions', 'is the first'],
      ['Document', 'The whole definition'],
    ] as const) {
      await tabs.getByRole('link', { name: tab }).click();
      await page.getByText(told).first().waitFor();
      await look(`connector, ${tab}`);
    }
  };

  for (const theme of ['light', 'dark'] as const) {
    it(`M-3, M-4, M-21, M-22: nothing is blocked, called, leaked or out of reach, ${theme}`, async () => {
      const { page, context, watched } = await openTab(browser, attune.url, theme);
      const people = await attune.control.people();
      // Values long and odd enough to be nobody's by chance.
      const canaries = people
        .flatMap(({ displayName, mail, userPrincipalName }) => [displayName, mail, userPrincipalName])
        .filter((value): value is string => typeof value === 'string' && value.length > 8);
      const looks = new Map<string, readonly string[]>();
      await walk(page, (where, found) => looks.set(where, found));
      assert.ok(looks.size >= 30, 'every page was looked at');
      assert.deepEqual(
        [...looks].filter(([, found]) => found.length > 0),
        [],
        'barriers',
      );
      assert.deepEqual(watched.violations, [], 'violations of the policy');
      assert.deepEqual(watched.strangers, [], 'requests to other hosts');
      assert.deepEqual(watched.errors, [], 'errors nobody caught');
      assert.equal(await page.evaluate(() => document.cookie), '', 'no script sees the cookie');
      await assertNoTrace(page, watched, canaries);
      await context.close();
    });
  }

  it('S-9: what a page shows as a command does what it says when a shell runs it', async () => {
    assert.ok(commands.size >= 20, `${commands.size} commands`);
    const shell = await openShell(attune);
    try {
      const failed: string[] = [];
      // What stands in < > is for the reader to fill in.
      for (const line of [...commands].filter((one) => !one.includes('<'))) {
        // What was approved before cannot be rejected any more: another plan is.
        const rejects = line.startsWith('attune reject ');
        const other = rejects ? `attune reject ${(await attune.run({ mode: 'full', intent: 'plan' })).id}` : line;
        const trouble = await shell.trouble(other);
        if (trouble !== null) failed.push(`${line}: ${trouble}`);
      }
      assert.deepEqual(failed, []);
    } finally {
      await shell.close();
    }
  });

  /** No personal value in any address or title there was, in what the browser keeps, or in a log. */
  const assertNoTrace = async (page: Page, watched: Watched, canaries: readonly string[]): Promise<void> => {
    const kept = await page.evaluate(() =>
      JSON.stringify([document.title, { ...localStorage }, { ...sessionStorage }, document.cookie, history.state]),
    );
    const { out, err } = attune.said();
    assert.ok(attune.codes.length > 0 && page.url().indexOf('#') < 0);
    for (const text of [kept, out, err]) {
      assert.ok(!attune.codes.some((code) => text.includes(code)), 'the code of a link is kept, or logged');
    }
    for (const [where, text] of Object.entries({ kept, said: watched.said.join('\n'), out, err })) {
      assert.deepEqual(found(Buffer.from(text), canaries), [], where);
    }
    assert.deepEqual(
      found(Buffer.from(watched.addresses.map(decodeURIComponent).join('\n')), canaries),
      [],
      'addresses',
    );
  };
});
