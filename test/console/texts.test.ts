import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

const pages = new URL('../../console/src/', import.meta.url);
/** From this many words on a text is a sentence, which people would change in one place and forget in the other. */
const words = 5;

/** The texts a file shows: what stands between tags, and strings. */
const textsIn = (source: string): readonly string[] => {
  const code = source.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
  const found = code.matchAll(/>([^<>{}]*\p{L}[^<>{}]*)<|'((?:[^'\\\n]|\\.)*)'|"([^"\n]*)"/gu);
  return [...found].map(([, between, single, double]) =>
    (between ?? single ?? double ?? '').replaceAll(/\s+/g, ' ').trim(),
  );
};

describe('S-15: the texts of the console', () => {
  it('stand each in one place: what several pages say is in a file of its own', async () => {
    const files = (await readdir(pages, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
    assert.ok(files.length > 100);
    const places = new Map<string, string[]>();
    for (const file of files) {
      for (const text of textsIn(await readFile(new URL(file, pages), 'utf8'))) {
        if (text.split(' ').length < words) continue;
        places.set(text, [...(places.get(text) ?? []), file]);
      }
    }
    assert.ok(places.size > 100, `${places.size} sentences`);
    const twice = [...places]
      .filter(([, where]) => where.length > 1)
      .map(([text, where]) => `${text} (${where.join(', ')})`);
    assert.deepEqual(twice, []);
  });
});
