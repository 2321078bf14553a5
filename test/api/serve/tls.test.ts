import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { ApiParts } from '../../../src/api/parts.ts';
import { serveApi } from '../../../src/api/serve/serve-api.ts';
import { apiParts } from '../../fixtures/api.ts';
import { freshDatabase } from '../../fixtures/database.ts';
import { makeSelfSigned } from '../../sources/entra/self-signed.ts';

describe('the API with a certificate of its own', () => {
  let parts: ApiParts;
  let folder = '';
  let close = async (): Promise<void> => undefined;
  const files = () => ({ cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') });

  before(async () => {
    const fresh = await freshDatabase();
    close = fresh.close;
    ({ parts } = await apiParts(fresh.ledger));
    folder = await mkdtemp(join(tmpdir(), 'attune-tls-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await close();
  });

  const put = async (serial: number): Promise<void> => {
    const { certificate, pkcs8 } = makeSelfSigned(serial);
    await writeFile(files().key, pkcs8);
    await writeFile(files().cert, certificate);
  };

  const serve = () =>
    serveApi(parts, {
      host: '0.0.0.0',
      port: 0,
      dataDir: null,
      token: 'given-token'.repeat(4),
      tls: files(),
    });

  /** The status of an answer and the serial number of the certificate it came under. */
  const look = (url: string): Promise<{ status: number | undefined; serial: number }> =>
    new Promise((resolve, reject) => {
      const asked = request(new URL('/healthz', url), { rejectUnauthorized: false, agent: false }, (answer) => {
        const { socket } = answer;
        assert.ok(socket instanceof TLSSocket);
        resolve({ status: answer.statusCode, serial: Number.parseInt(socket.getPeerCertificate().serialNumber, 16) });
        answer.resume();
      });
      asked.on('error', reject);
      asked.end();
    });

  it('encrypts, and serves a renewed certificate without a new start', async () => {
    await put(1);
    const { url, close: end } = await serve();
    assert.match(url, /^https:/);
    assert.deepEqual(await look(url), { status: 200, serial: 1 });
    await put(2);
    for (let waited = 0; waited < 30_000 && (await look(url)).serial !== 2; waited += 250) await sleep(250);
    assert.deepEqual(await look(url), { status: 200, serial: 2 });
    await end();
  });

  it('keeps the last certificate when the renewed one cannot be used, and does not start with one that cannot', async () => {
    await put(3);
    const { url, close: end } = await serve();
    await writeFile(files().cert, 'no certificate');
    await sleep(6_000);
    assert.deepEqual(await look(url), { status: 200, serial: 3 });
    await end();
    await assert.rejects(serve(), /cannot be used/);
  });
});
