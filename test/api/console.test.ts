import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createApi } from '../../src/api/create-api.ts';
import type { Api, ApiParts } from '../../src/api/parts.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const addresses = ['/', '/login', '/connectors', '/connectors/acme/mapping', '/runs/x', '/people/acme/y', '/settings'];

describe('the pages of the console', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let app: Api;
  let folder = '';
  let close = async (): Promise<void> => undefined;

  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts } = await apiParts(ledger));
    folder = await mkdtemp(join(tmpdir(), 'attune-console-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<script src="/assets/a-1.js" nonce="__NONCE__"></script>');
    await writeFile(join(folder, 'assets', 'a-1.js'), 'program');
    await writeFile(join(folder, 'assets', 'a-1.js.gz'), gzipSync('program'));
    app = await createApi({ ...parts, console: folder });
  });
  after(async () => {
    await app.close();
    await rm(folder, { recursive: true });
    await close();
  });

  it('are one page at each of their addresses, under one policy with a nonce of its own', async () => {
    const nonces = new Set<string>();
    for (const url of addresses) {
      const answer = await app.inject({ url });
      assert.equal(answer.statusCode, 200, url);
      assert.equal(answer.headers['cache-control'], 'no-store', url);
      const nonce = /nonce="([\w-]+)"/.exec(answer.body)?.[1] ?? '';
      nonces.add(nonce);
      assert.equal(
        answer.headers['content-security-policy'],
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types attune`,
      );
    }
    assert.equal(nonces.size, addresses.length);
  });

  it('are kept by browsers for ever where their name holds their digest, and packed', async () => {
    const answer = await app.inject({ url: '/assets/a-1.js', headers: { 'accept-encoding': 'gzip' } });
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['cache-control']), /immutable/);
    assert.equal(answer.headers['content-encoding'], 'gzip');
    assert.match(String(answer.headers['content-type']), /javascript/);
  });

  it('lead out of their folder nowhere', async () => {
    await writeFile(join(folder, 'assets', 'secret'), 'x');
    for (const url of [
      '/assets/../index.html',
      '/assets/%2e%2e/index.html',
      '/assets/..%2findex.html',
      '/assets//etc/passwd',
    ]) {
      const answer = await app.inject({ url });
      assert.ok(answer.statusCode >= 400, url);
    }
  });

  it('and all answers of the API forbid what no page needs', async () => {
    for (const url of [...addresses, '/api/runs', '/healthz', '/nowhere']) {
      const { headers } = await app.inject({ url });
      assert.equal(headers['x-content-type-options'], 'nosniff', url);
      assert.equal(headers['referrer-policy'], 'no-referrer', url);
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin', url);
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin', url);
      assert.match(String(headers['content-security-policy']), /^default-src 'none'/, url);
    }
    assert.equal((await app.inject({ url: '/api/nowhere' })).statusCode, 401);
  });

  it('say how they are built where they are not', async () => {
    const bare = await createApi({ ...parts, console: join(folder, 'nowhere') });
    const answer = await bare.inject({ url: '/' });
    assert.equal(answer.statusCode, 503);
    assert.match(answer.body, /npm run console/);
    assert.equal((await bare.inject({ url: '/healthz' })).statusCode, 200);
    await bare.close();
  });
});
