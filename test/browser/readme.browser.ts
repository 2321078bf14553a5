import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openControl } from '../../demo/control.ts';
import { cleanEnvironment } from '../../demo/environment.ts';
import { openTab, startChromium } from './chromium.ts';

const at = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** The demo as `npm run demo` runs it: what it says, and a way to end it. */
const startDemo = () => {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', at('demo/main.ts'), '--users', '200'],
    {
      env: { ...cleanEnvironment(), TEMPORAL_CLI_PATH: process.env.ATTUNE_TEST_TEMPORAL_CLI ?? '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  let said = '';
  const link = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const [, address] = /The web console, signed in[^\n]*\n\s+(http\S+)/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.on('exit', () => reject(new Error(`the demo ended: ${said}`)));
    setTimeout(() => reject(new Error(`the demo says no link: ${said}`)), 180_000).unref();
  });
  return {
    link,
    said: () => said,
    end: async (): Promise<void> => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
};

/** One thing the README tells to do: press what is called so, or choose this path. */
type Told = { readonly press: string } | { readonly choose: string };

const told = async (): Promise<readonly Told[]> => {
  const text = await readFile(at('README.md'), 'utf8');
  const [, section = ''] = /^## A new attribute on a real person, in a minute$(.*?)^## /ms.exec(text) ?? [];
  return [...section.matchAll(/\*([^*]+)\*|`([^`]+)`/g)].flatMap(([, press, code]): Told[] => {
    if (press !== undefined) return [{ press }];
    return code === undefined || code.startsWith('npm ') ? [] : [{ choose: code }];
  });
};

const follow = async (page: Page, step: Told): Promise<void> => {
  if ('choose' in step) {
    const box = page.getByRole('dialog').getByRole('combobox').first();
    await box.click();
    await box.fill(step.choose);
    await page
      .getByRole('option', { name: new RegExp(`^${step.choose}`) })
      .first()
      .click();
    return;
  }
  const name = new RegExp(`^${step.press}`);
  await page.getByRole('button', { name, disabled: false }).or(page.getByRole('link', { name })).first().click();
};

describe('a new admin with the words of the README alone', () => {
  it('M-5: gets from the demo to a new attribute on a real person, by what is told and in few actions', async () => {
    const steps = await told();
    assert.ok(steps.length >= 7 && steps.length <= 25, `${steps.length} actions`);
    const demo = startDemo();
    const browser = await startChromium();
    try {
      const link = await demo.link;
      const { page, watched } = await openTab(browser, new URL(link).origin);
      await page.goto(link);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      const [, address = ''] = /control +(http\S+)/.exec(demo.said()) ?? [];
      const control = openControl(address);
      await control.clearJournal();
      for (const step of steps) {
        if ('press' in step && step.press.startsWith('Plan')) {
          // What was pressed before has come to its end: the value stands in Jira.
          await page.getByRole('dialog').getByText('1 value set.').waitFor();
          await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
          // What may be done next, and nothing that will never come: the demo has no schedule.
          await page.getByText('Sync another person, or plan for everybody.').waitFor();
        }
        await follow(page, step);
        if ('choose' in step) {
          await page.locator('.in-view').getByText('there is no value yet', { exact: true }).waitFor();
        }
      }
      const { writes } = await control.traffic('jira');
      assert.equal(writes.length, 1);
      const [, username = '', value = ''] = /^(\S+) Job title (.+)$/.exec(writes[0] ?? '') ?? [];
      const account = (await control.accounts('jira')).find((one) => one.username === username);
      assert.equal(account?.properties['Job title'], value);
      await page.getByRole('heading', { level: 1, name: /^Planned: .* Nothing was written\.$/ }).waitFor();
      const shown = page.getByRole('list', { name: 'Steps of the run' });
      assert.deepEqual(
        await shown.locator('li[data-is="done"]').allTextContents(),
        ['Open', 'Read', 'Accounts', 'Plan', 'Guard'],
        'a plan has written nothing',
      );
      await page.getByRole('columnheader', { name: 'Values to set' }).waitFor();
      assert.deepEqual(watched.errors, []);
    } finally {
      await browser.close();
      await demo.end();
    }
  });
});
