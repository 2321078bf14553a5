import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright-core';
import { z } from 'zod';
import { ConnectorWire } from '../../src/api/schemas/connectors.ts';
import { PlanWire } from '../../src/api/schemas/plans.ts';
import { ChangePageWire } from '../../src/api/schemas/run-lists.ts';
import { RunWire } from '../../src/api/schemas/runs.ts';
import { type Attune, startAttune } from './attune.ts';
import { barriers, goWithin, openTab, startChromium } from './chromium.ts';
import { Definition, rowsOf } from './definition.ts';

describe('a plan that the guard holds, in a browser', () => {
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

  /** Stores a slip (Company from the department) beside a new row that is right, and runs into the guard. */
  const hold = async () => {
    const stored = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    const next = Definition.parse(stored.definition);
    const rows = rowsOf(next, 'jira');
    for (const row of rows) if (row.userProperty === 'Company') row.from = 'department';
    if (!rows.some(({ userProperty }) => userProperty === 'Job title')) {
      rows.push({ userProperty: 'Job title', from: 'jobTitle' });
    }
    await attune.store(stored.version, next);
    const run = await attune.run({ mode: 'full' });
    assert.equal(run.status, 'awaitingApproval');
    return run;
  };

  /** Agrees to a plan as the dialog asks for it, up to the last press. */
  const agree = async (dialog: Locator): Promise<void> => {
    const typed = dialog.getByLabel(/Type the number of values/);
    if ((await typed.count()) > 0) {
      const [, values = ''] = /Apply ([\d,]+) values?/.exec((await dialog.textContent()) ?? '') ?? [];
      await typed.fill(values);
    }
  };
  const applyAll = async (dialog: Locator): Promise<void> => {
    await agree(dialog);
    await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
  };

  it('M-13: says why, counts the kinds, and applies all of it but the attribute at fault', async () => {
    const run = await hold();
    const plan = await attune.client.get(`/api/runs/${run.id}/plan`, PlanWire);
    const company = plan.attributes.find(({ attribute }) => attribute === 'userProperty:Company');
    const title = plan.attributes.find(({ attribute }) => attribute === 'userProperty:Job title');
    assert.ok(company?.breach && !title?.breach && (title?.filled ?? 0) > 0);
    const { page, context, watched } = await openTab(browser, attune.url);
    await attune.signIn(page);
    await page.getByRole('link', { name: 'Decide' }).click();
    await page.getByRole('heading', { level: 1 }).getByText(plan.sentence).waitFor();
    const cause = page.getByRole('region', { name: 'Likely cause' });
    await cause.locator('code', { hasText: 'userProperty:Company' }).waitFor();
    await page.getByText(/new values? (is|do not occur) in Company today/).waitFor();
    // A figure over its limit that is no reason to hold is not shown as one that is well within it.
    const already = plan.figures.filter(({ found, limit, breach }) => found > limit && !breach);
    assert.ok(already.length > 0);
    assert.equal(await page.getByText(', over already').count(), already.length);
    const kinds = page.locator('section').filter({ hasText: 'kinds of change' }).last();
    const counted = await kinds
      .locator('tbody td.number')
      .evaluateAll((cells) =>
        cells.reduce((sum, cell) => sum + Number((cell.textContent ?? '').replaceAll(',', '')), 0),
      );
    const rest = Number(
      /for ([\d,]+) (?:person|people)/.exec((await kinds.textContent()) ?? '')?.[1]?.replaceAll(',', '') ?? 0,
    );
    assert.equal(counted + rest, company.replaced + company.cleared + company.filled, 'kinds sum to the changes');
    assert.deepEqual(await barriers(page), []);
    await attune.control.clearJournal();
    await page.getByRole('button', { name: /^Apply [\d,]+ without Company/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/Comment/).fill('Company was a slip');
    await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.locator('.notice', { hasText: 'Approved by' }).waitFor();
    await page.getByText('Company was a slip').waitFor();
    await page.locator('.state', { hasText: /^Done/ }).first().waitFor();
    const { writes } = await attune.control.traffic('jira');
    assert.equal(writes.filter((write) => write.includes(' Company ')).length, 0, 'no Company is written');
    assert.equal(writes.filter((write) => write.includes(' Job title ')).length, title?.open, 'every title is');
    assert.deepEqual(watched.violations, []);
    // Who decided, and why, stands at the run, in its report and in the history.
    await page.goto(`/runs/${run.id}`);
    const approved = page.locator('.notice', { hasText: 'Approved by' });
    await approved.getByText('Without Company at jira. Company was a slip').waitFor();
    const { decision, report } = await attune.client.get(`/api/runs/${run.id}`, RunWire);
    assert.deepEqual([decision?.decision, decision?.comment], ['approved', 'Company was a slip']);
    assert.deepEqual(report?.decision, decision);
    await page.goto('/history');
    const entry = page.locator('tbody tr', { hasText: 'Company was a slip' });
    assert.ok((await entry.textContent())?.includes(decision?.by ?? 'nobody'));
    await context.close();
  });

  for (const [opens, decides] of [
    [/^Apply all/, 'Apply'],
    ['Reject…', 'Reject'],
  ] as const) {
    it(`M-14: a plan that was replaced meanwhile is not decided over, and the page says by what: ${decides}`, async () => {
      const first = await hold();
      const { page, context } = await openTab(browser, attune.url);
      await attune.signIn(page);
      await page.goto(`/runs/${first.id}/plan`);
      await page.getByRole('button', { name: opens }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: decides, exact: true }).waitFor();
      await agree(dialog);
      const second = await attune.run({ mode: 'full' });
      assert.equal(second.status, 'awaitingApproval');
      await attune.control.clearJournal();
      await dialog.getByRole('button', { name: decides, exact: true }).click();
      await dialog.getByText(/superseded|replaced/).waitFor();
      assert.deepEqual((await attune.control.traffic('jira')).writes, []);
      assert.equal((await attune.client.get(`/api/runs/${second.id}`, RunWire)).status, 'awaitingApproval');
      await page.keyboard.press('Escape');
      await page.getByText('A later plan has replaced this one').waitFor();
      await page.getByRole('link', { name: 'Look at that one' }).click();
      await page.waitForURL(`**/runs/${second.id}/plan`);
      await context.close();
    });
  }

  it('M-12: a row that is held is listed, and written, for the one person who is synced all the same', async () => {
    const { id } = await hold();
    const changesOf = async (query: string) =>
      (await attune.client.get(`/api/runs/${id}/changes?limit=50${query}`, ChangePageWire)).changes;
    const one = (await changesOf('')).find(
      ({ attribute, after: value }) => attribute === 'userProperty:Company' && value !== null,
    );
    assert.ok(one);
    // All that is pending for that person, whatever else was stored before.
    const pending = await changesOf(`&person=${one.person}`);
    const values = (some: readonly { attribute: string; after: string | null }[]) =>
      some.map(({ attribute, after: value }) => `${attribute.slice(attribute.indexOf(':') + 1)} ${value}`).sort();
    const { page, context } = await openTab(browser, attune.url);
    await attune.signIn(page);
    await page.getByRole('button', { name: 'Show values' }).click();
    await page.getByRole('link', { name: 'People', exact: true }).click();
    await goWithin(page, `/people/sandbox/${one.person}`);
    await page.getByRole('button', { name: 'Sync now…' }).click();
    const dialog = page.getByRole('dialog');
    const write = dialog.getByRole('button', { name: /^Write \d+ values?$/ });
    await write.waitFor();
    const count = pending.length === 1 ? '1 value' : `${pending.length} values`;
    assert.equal(await write.textContent(), `Write ${count}`);
    const listed = await dialog.locator('tbody tr').allTextContents();
    assert.equal(listed.length, pending.length);
    for (const { attribute, after: value } of pending) {
      const name = attribute.slice(attribute.indexOf(':') + 1);
      assert.ok(
        listed.some((line) => line.includes(name) && line.includes(value ?? 'cleared')),
        `${name} in ${listed.join()}`,
      );
    }
    await attune.control.clearJournal();
    await write.click();
    await dialog.getByText(`${count} set.`).waitFor();
    const { writes } = await attune.control.traffic('jira');
    assert.deepEqual(
      writes.map((line) => line.slice(line.indexOf(' ') + 1)).sort(),
      values(pending.filter(({ target }) => target === 'jira')),
      'what was written is what the dialog listed',
    );
    assert.deepEqual((await attune.control.traffic('wiki')).writes, []);
    await context.close();
  });

  it('who may not approve sees the plan, its buttons, and who may', async () => {
    const { id } = await hold();
    const viewer = await attune.client.post(
      '/api/tokens',
      { name: 'viewer', can: ['read'] },
      z.object({ token: z.string() }),
    );
    const { page, context } = await openTab(browser, attune.url);
    await page.goto('/login');
    await page.getByLabel('Token').fill(viewer.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.goto(`/runs/${id}/plan`);
    await page.getByText('Deciding needs a token with the ability approve').waitFor();
    for (const name of [/^Apply/, 'Reject…']) {
      await page.getByRole('button', { name, disabled: true }).first().waitFor();
    }
    await context.close();
  });

  it('S-7: who started the run or stored its version is told that somebody else has to approve it', async () => {
    await hold();
    const stored = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
    const next = Definition.parse(stored.definition);
    Object.assign(next.connector, { guard: { ...Object(next.connector.guard), fourEyes: true } });
    await attune.store(stored.version, next);
    const { id } = await attune.run({ mode: 'full', intent: 'plan' });
    const { page, context } = await openTab(browser, attune.url);
    await attune.signIn(page);
    await page.goto(`/runs/${id}/plan`);
    await page.getByRole('button', { name: /^Apply all/ }).click();
    const dialog = page.getByRole('dialog');
    await applyAll(dialog);
    await dialog.getByText('somebody else has to approve it').waitFor();
    await context.close();
    const other = await attune.client.post(
      '/api/tokens',
      { name: 'grace', can: ['read', 'values', 'approve'] },
      z.object({ token: z.string() }),
    );
    const { page: hers, context: elsewhere } = await openTab(browser, attune.url);
    await hers.goto('/login');
    await hers.getByLabel('Token').fill(other.token);
    await hers.getByRole('button', { name: 'Sign in' }).click();
    await hers.getByRole('heading', { name: 'Overview' }).waitFor();
    await hers.goto(`/runs/${id}/plan`);
    await hers.getByRole('button', { name: /^Apply all/ }).click();
    await applyAll(hers.getByRole('dialog'));
    await hers.getByText('Approved by grace').waitFor();
    await elsewhere.close();
  });
});
