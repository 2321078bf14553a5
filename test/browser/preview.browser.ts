import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Preview } from '../../console/src/preview/preview.ts';
import { freshDatabase } from '../fixtures/database.ts';
import { comparePreview, type DrawnPeople, drawPeople, peopleEach } from '../fixtures/drawn-people.ts';
import { startChromium } from './chromium.ts';

// The same code is held against all 500 mappings in test/console/preview.test.ts; this is about how it was built.
const mappings = 50;

describe('the program of the preview as it was built, in a browser', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let browser: Browser;
  let page: Page;
  let close = (): void => undefined;

  before(async () => {
    database = await freshDatabase();
    const assets = new URL('../../console/dist/assets/', import.meta.url);
    const [name = ''] = (await readdir(assets)).filter((one) => /^worker-.*\.js$/.test(one));
    const program = await readFile(new URL(name, assets));
    const server = createServer((request, answer) => {
      answer.setHeader('content-type', request.url === '/worker.js' ? 'text/javascript' : 'text/html');
      answer.end(request.url === '/worker.js' ? program : '<!doctype html>');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    close = () => server.close();
    browser = await startChromium();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  after(async () => {
    await browser?.close();
    close();
    await database.close();
  });

  /** What the program makes of mappings, one after the other. */
  const previews = (all: readonly DrawnPeople[]): Promise<readonly Preview[]> =>
    page.evaluate(
      (text) =>
        new Promise<Preview[]>((resolve, reject) => {
          const wanted: { readonly settings: object; readonly sample: object }[] = JSON.parse(text);
          const worker = new Worker('/worker.js', { type: 'module' });
          const found: Preview[] = [];
          const next = (): void => {
            const one = wanted[found.length];
            if (one === undefined) {
              worker.terminate();
              resolve(found);
              return;
            }
            worker.postMessage({ sample: one.sample });
            worker.postMessage({ run: found.length, settings: one.settings });
          };
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }) => {
            if (!('preview' in data)) return;
            found.push(data.preview);
            next();
          };
          next();
        }),
      JSON.stringify(all.map(({ settings, sample }) => ({ settings, sample }))),
    );

  it(`M-6: tells what explain tells, for ${mappings} drawn mappings of ${peopleEach} people each`, async () => {
    const drawn: DrawnPeople[] = [];
    for (let number = 0; number < mappings; number += 1) drawn.push(await drawPeople(database.ledger, number));
    const seen = new Map<string, number>();
    for (const [number, preview] of (await previews(drawn)).entries()) {
      comparePreview(preview, drawn[number] ?? assert.fail(), seen);
    }
    assert.ok((seen.get('mapped') ?? 0) > 500, 'most people were mapped');
  });
});
