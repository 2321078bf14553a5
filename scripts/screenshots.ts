import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { ConnectorWire } from '../src/api/schemas/connectors.ts';
import { startAttune } from '../test/browser/attune.ts';
import { Definition, rowsOf } from '../test/browser/definition.ts';
import { globalSetup, globalTeardown } from '../test/global-setup.ts';

// `npm run screenshots`: takes the pictures of docs/console.md again from the current console.
const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));

const take = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`docs/pictures/${name}.png`);
};

await mkdir(folder, { recursive: true });
await globalSetup();
const attune = await startAttune(400);
const browser = await chromium.launch({
  executablePath: process.env.ATTUNE_CHROMIUM ?? 'chromium',
  args: [
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ],
});
try {
  const page = await browser.newPage({
    baseURL: attune.url,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
  });
  page.setDefaultTimeout(120_000);
  await attune.client.post('/api/connectors/sandbox/import', { to: 'api' }, ConnectorWire);
  await attune.signIn(page);
  await page.getByText('In tune').waitFor();
  await page.getByRole('table', { name: 'Coverage of sandbox' }).waitFor();
  await take(page, 'overview');
  await page.getByRole('button', { name: 'Show values' }).click();
  await page.getByRole('link', { name: 'sandbox' }).first().click();
  await page.getByText(/Tried on 200 people in/).waitFor();
  await page.getByRole('button', { name: 'Work it out' }).click();
  await page.getByText('Nothing would be written').waitFor();
  await take(page, 'mapping');
  await page.getByRole('button', { name: 'Add attribute' }).click();
  await page.getByRole('combobox', { name: 'Attribute of the directory' }).fill('jobTi');
  await page.getByRole('option', { name: /^jobTitle/ }).click();
  await page.getByRole('radio', { name: 'Expression' }).check({ force: true });
  await page.getByRole('textbox', { name: 'Expression' }).fill('$uppercase(jobTitle)');
  await page.locator('.tried[aria-busy="false"]').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true, disabled: false }).waitFor();
  await take(page, 'attribute');
  await page.keyboard.press('Escape');
  // A slip that the guard holds.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const { version, definition } = await attune.client.get('/api/connectors/sandbox', ConnectorWire);
  const slip = Definition.parse(definition);
  for (const row of rowsOf(slip, 'jira')) if (row.userProperty === 'Company') row.from = 'department';
  await attune.store(version, slip);
  await attune.run({ mode: 'full' });
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'Decide' }).first().click();
  await page.getByText(/in Company today/).waitFor();
  await take(page, 'plan');
} finally {
  await browser.close();
  await attune.close();
  await globalTeardown();
}
