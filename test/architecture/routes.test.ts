import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';

const routes = join(import.meta.dirname, '..', '..', 'src', 'api', 'routes');

describe('a route is found by its address', () => {
  for (const file of globSync('*/*.ts', { cwd: routes })) {
    it(`${file} serves addresses below /api/${dirname(file)} alone`, () => {
      const text = readFileSync(join(routes, file), 'utf8');
      const addresses = [...text.matchAll(/'(\/api\/[^']*)'/g)].map(([, address]) => address ?? '');
      assert.notEqual(addresses.length, 0);
      for (const address of addresses) assert.equal(address.split('/')[2], basename(dirname(file)), address);
    });
  }
});
