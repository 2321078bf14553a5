import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { give, root } from './setup.mjs';

/**
 * The test files of places in the tree (`src/core`, `workflows`, `src/core/plan/diff.ts`, `test/api`): the tests mirror the
 * tree. A file without its own test means its folder.
 */
export const testsOf = (places) => places.map((place) => testOf(place.replace(/\/+$/, '')));

const testOf = (place) => {
  if (!existsSync(join(root, place))) give(`There is no ${place} here: give files or folders of this checkout.`);
  if (place.endsWith('.test.ts')) return place;
  const mirrored = place.startsWith('test/') ? place : join('test', place.replace(/^src\//, ''));
  if (statSync(join(root, place)).isFile()) {
    const own = mirrored.replace(/\.ts$/, '.test.ts');
    if (existsSync(join(root, own))) return own;
  }
  for (let folder = mirrored; folder.startsWith('test/'); folder = folder.slice(0, folder.lastIndexOf('/'))) {
    if (existsSync(join(root, folder)) && statSync(join(root, folder)).isDirectory()) return `${folder}/**/*.test.ts`;
  }
  return give(`There are no tests for ${place} below test/: name a folder that has some.`);
};
