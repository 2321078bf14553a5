import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { ConnectorWire } from '../src/api/schemas/connectors.ts';
import { startAttune } from '../test/browser/attune.ts';
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
  await take(page, 'overview');
  await page.getByRole('button', { name: 'Show values' }).click();
  await page.getByRole('link', { name: 'sandbox' }).click();
  await page.getByText(/Tried on 200 people in/).waitFor();
  await take(page, 'mapping');
  await page.getByRole('button', { name: 'Add attribute' }).click();
  await page.getByRole('combobox', { name: 'Attribute of the directory' }).fill('jobTi');
  await page.getByRole('option', { name: /^jobTitle/ }).click();
  await page.getByRole('radio', { name: 'Expression' }).check({ force: true });
  const editor = page.getByRole('textbox', { name: 'Expression' });
  await editor.fill('$uppercase(jobTitle)');
  await page.locator('.tried[aria-busy="false"]').waitFor();
  await take(page, 'attribute');
} finally {
  await browser.close();
  await attune.close();
  await globalTeardown();
}
