import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { SignInLinkWire } from '../../src/api/schemas/session.ts';
import type { Ability } from '../../src/core/abilities.ts';
import { addToken, revokeToken } from '../../src/ledger/access/tokens.ts';
import { barriers, openTab, startChromium } from './chromium.ts';
import { type Seeded, serveSeeded } from './seeded.ts';

describe('signing in, in a browser', () => {
  let browser: Browser;
  let seeded: Seeded;

  before(async () => {
    seeded = await serveSeeded();
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await seeded?.close();
  });

  const token = (name: string, can: readonly Ability[]): Promise<string> =>
    addToken(seeded.ledger, { name, can, createdBy: 'test' });

  const enter = async (page: Page, by: string): Promise<void> => {
    await page.getByLabel('Token', { exact: true }).fill(by);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  it('M-2: by a link, once: its code leaves the address at once, and no script sees what keeps the browser signed in', async () => {
    const answer = await fetch(new URL('/api/session/links', seeded.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${seeded.token}` },
    });
    const { url } = SignInLinkWire.parse(await answer.json());
    const [, code = ''] = url.split('#');
    const { page, context, watched } = await openTab(browser, seeded.url);
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    await page.goto(url);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.ok(!page.url().includes(code), 'not in the address');
    assert.deepEqual(
      sent.filter((address) => address.split('#')[0]?.includes(code)),
      [],
      'in no address asked for',
    );
    assert.equal(await page.evaluate(() => document.cookie), '');
    const [cookie] = await context.cookies();
    assert.deepEqual(
      [cookie?.name, cookie?.httpOnly, cookie?.secure, cookie?.sameSite],
      [...['__Host-attune', true, true, 'Strict']],
    );
    assert.deepEqual(watched.errors, []);
    await context.close();
    const other = await openTab(browser, seeded.url);
    await other.page.goto(url);
    await other.page
      .getByRole('alert')
      .getByText(/already used or is older than a minute: run 'attune console'/)
      .waitFor();
    assert.equal(await other.page.getByRole('heading', { name: 'Overview' }).count(), 0);
    await other.context.close();
  });

  it('M-2, M-23: by a token; one that is not valid or may not read is told what to do', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await page.goto('/runs?status=failed');
    await enter(page, 'attune_nobody');
    await page
      .getByRole('alert')
      .getByText(/not valid.*attune token add/)
      .waitFor();
    assert.deepEqual(await barriers(page), []);
    await enter(page, await token('starter', ['run']));
    await page.getByRole('alert').getByText("does not have the ability 'read': use one that does").waitFor();
    await enter(page, seeded.token);
    await page.getByRole('heading', { name: 'Runs' }).waitFor();
    assert.ok(page.url().endsWith('/runs?status=failed'), 'the page that was asked for');
    await context.close();
  });

  it('M-2: ends with its token, at the next request; signing in again leaves all as it was', async () => {
    const { page, context } = await openTab(browser, seeded.url);
    await seeded.signIn(page, await token('short', ['read', 'tokens']));
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    const name = page.getByLabel('Name', { exact: true });
    await name.fill('half-typed');
    await revokeToken(seeded.ledger, 'short');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByText('Your session has ended').waitFor();
    assert.ok(!(await name.isVisible()), 'nothing of the page is in view');
    await enter(page, seeded.token);
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    assert.equal(await name.inputValue(), 'half-typed');
    await context.close();
  });

  it('M-23: where a browser keeps no sign-in, the page says how to get there', async () => {
    const { page, context } = await openTab(browser, 'http://attune.example');
    await page.route('http://attune.example/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      const answer = await fetch(new URL(pathname, seeded.url));
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      });
    });
    await page.goto('http://attune.example/login');
    await page.getByRole('heading', { name: 'This address is not secure' }).waitFor();
    for (const way of ['ATTUNE_TLS_CERT', 'reverse proxy', 'ssh -L']) await page.getByText(way).first().waitFor();
    assert.deepEqual(await barriers(page), []);
    await context.close();
  });
});
