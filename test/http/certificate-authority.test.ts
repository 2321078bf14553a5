import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { openExchange } from '../../src/http/exchange.ts';
import { makeSelfSigned } from '../sources/entra/self-signed.ts';
import { startCall } from '../sources/fixtures.ts';

describe('a certificate authority of one’s own', () => {
  const { certificate, pkcs8 } = makeSelfSigned(7);
  const server = createServer({ cert: certificate, key: pkcs8 }, (_request, answer) => answer.end());
  const previous = process.env.ATTUNE_SECRETS_DIR;
  let directory = '';
  let baseUrl = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'attune-ca-'));
    await mkdir(join(directory, 'below'));
    await writeFile(join(directory, 'below', 'ours.pem'), certificate);
    await writeFile(join(directory, 'none.pem'), 'canary');
    process.env.ATTUNE_SECRETS_DIR = directory;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    baseUrl = `https://127.0.0.1:${address.port}`;
  });
  after(async () => {
    if (previous === undefined) delete process.env.ATTUNE_SECRETS_DIR;
    else process.env.ATTUNE_SECRETS_DIR = previous;
    server.close();
    await rm(directory, { recursive: true });
  });

  /** What a request says that trusts the file, if any; the test's certificate names no host, which comes after trust. */
  const said = async (file: string | null): Promise<string> => {
    const tls = file === null ? {} : { tls: { ca: { file } } };
    try {
      const exchange = openExchange({ party: 'Jira', baseUrl, ...tls });
      await exchange(
        { method: 'GET', route: '/', isLink: false, url: new URL(baseUrl), kind: 'read', headers: {} },
        startCall({ waitsMs: 0 }).call,
      );
      return 'answered';
    } catch (error) {
      assert.ok(isFailure(error), String(error));
      return error.sentence;
    }
  };

  it('is looked for below the folder of secrets, or by its whole path, and trusted', async () => {
    assert.match(await said(null), /SELF_SIGNED/);
    for (const file of ['below/ours.pem', join(directory, 'below', 'ours.pem')]) {
      assert.match(await said(file), /ALTNAME/, file);
    }
  });

  it('that is not there, or no certificate, is told with where it is looked for', async () => {
    assert.match(
      await said('ours.pem'),
      /The certificate file ours\.pem for Jira cannot be read\. .*ATTUNE_SECRETS_DIR/,
    );
    const none = await said('none.pem');
    assert.match(none, /contains no certificate in PEM/);
    assert.doesNotMatch(none, /canary/);
  });
});
