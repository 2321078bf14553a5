import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createClock } from '../../../sandbox/clock.ts';
import { createEntra } from '../../../sandbox/entra/entra.ts';
import { createFaults } from '../../../sandbox/faults.ts';
import { startService } from '../../../sandbox/http.ts';
import { createJournal } from '../../../sandbox/journal.ts';
import { createDirectory } from '../../../sandbox/world/directory.ts';
import { entra } from '../../../src/sources/entra/index.ts';
import { fails, startCall } from '../fixtures.ts';
import { makeSelfSigned } from './self-signed.ts';

const registered = makeSelfSigned(1);
const application = {
  tenant: 'acme.example',
  clientId: '51f00000-0000-0000-0000-000000000001',
  clientSecret: 'x',
  certificate: registered.certificate,
};
const { service } = createEntra({ directory: createDirectory(10, 1), application, clock: createClock() });
let host: Awaited<ReturnType<typeof startService>>;
before(async () => {
  host = await startService(service, { journal: createJournal(), faults: createFaults() });
});
after(() => host.close());

const checkWith = (pem: string): Promise<void> => {
  const settings = entra.settings.parse({
    kind: 'entra',
    tenant: application.tenant,
    auth: { clientId: application.clientId, certificate: { file: 'entra.pem' } },
    endpoints: { login: host.url, graph: host.url },
  });
  return entra.open(settings, { secret: async () => pem }).check(startCall().call);
};

test('a certificate signs in, with its key in either form and order', async () => {
  await checkWith(registered.certificate + registered.pkcs8);
  await checkWith(registered.pkcs1 + registered.certificate);
});

test('a certificate the application does not have is refused', async () => {
  const other = makeSelfSigned(2);
  await fails(checkWith(other.certificate + other.pkcs8), 'auth', /refuses the certificate \(AADSTS700027\)/);
  await fails(checkWith(registered.certificate + other.pkcs8), 'auth', /AADSTS700027/);
});

test('a file that cannot sign says what is needed, and nothing of what it holds', async () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const pem of [registered.certificate, registered.pkcs8, 'nonsense', registered.certificate + ec.toString()]) {
    const failure = await fails(checkWith(pem), 'config', /one PEM file with the certificate and its unencrypted RSA/);
    assert.doesNotMatch(failure.sentence + String(failure.cause), /BEGIN|nonsense/);
  }
});
