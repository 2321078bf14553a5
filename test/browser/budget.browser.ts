import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { z } from 'zod';

const dist = new URL('../../console/dist/', import.meta.url);
const Manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().default(false),
    imports: z.array(z.string()).default([]),
  }),
);

const kib = (bytes: number): number => Math.round(bytes / 1024);
/** As browsers get it: all that the console runs in take Brotli wherever they take its cookie. */
const packed = async (file: string): Promise<number> => (await stat(new URL(`${file}.br`, dist))).size;

describe('M-25: what a browser has to load', () => {
  it('is at most 180 KB of script for the first page, packed, and 420 KB for all of them', async () => {
    const manifest = Manifest.parse(JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8')));
    const [entry] = Object.values(manifest).filter(({ isEntry }) => isEntry);
    assert.ok(entry);
    const first = new Set([entry.file]);
    const follow = (names: readonly string[]): void => {
      for (const one of names.flatMap((name) => manifest[name] ?? [])) {
        if (first.has(one.file)) continue;
        first.add(one.file);
        follow(one.imports);
      }
    };
    follow(entry.imports);
    const scripts = (await readdir(new URL('assets/', dist))).filter((name) => name.endsWith('.js'));
    let [begins, all] = [0, 0];
    for (const file of first) begins += await packed(file);
    for (const name of scripts) all += await packed(`assets/${name}`);
    assert.ok(begins > 0 && begins <= 180 * 1024, `${kib(begins)} KB for the first page`);
    assert.ok(all > begins && all <= 420 * 1024, `${kib(all)} KB in all`);
  });
});
