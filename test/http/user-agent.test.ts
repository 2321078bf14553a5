import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { webhookSender } from '../../src/notices/webhook.ts';
import { targetDefinitions } from '../../src/targets/index.ts';
import { members } from '../contract/source-members.ts';
import { leading, startCall } from '../sources/fixtures.ts';
import { altering } from '../targets/fixtures/altering.ts';
import { countingCall } from '../targets/fixtures/product.ts';
import { deps, openProduct, passwordAuth, tokenAuth } from '../targets/fixtures/sandbox.ts';

const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
const ours = `Attune/${version}`;

/** A proxy before a stand-in, and the names of who asked through it, sign-ins too. */
const listening = async (t: TestContext, url: string) => {
  const seen: (readonly [path: string, agent: string | undefined])[] = [];
  const proxy = await altering(url, (request, answer) => {
    seen.push([request.path, request.headers['user-agent']]);
    return answer;
  });
  t.after(proxy.close);
  return { url: proxy.url, seen };
};

for (const member of members) {
  test(`every request to ${member.name} is sent in the name of Attune`, async (t) => {
    const lab = await member.start(20);
    t.after(lab.close);
    const { url, seen } = await listening(t, lab.url);
    const source = lab.open(leading(member.name, url, lab.url));
    await source.check(startCall().call);
    await source.readPage({ at: 'start' }, [member.words.login], startCall().call);
    assert.ok(seen.length >= 2, JSON.stringify(seen));
    for (const [path, agent] of seen) assert.equal(agent, ours, path);
  });
}

for (const kind of ['jira', 'confluence'] as const) {
  for (const [how, settings, options] of [
    ['a password', { auth: passwordAuth }, {}],
    ['a token', { auth: tokenAuth, store: 'scriptRunner' }, { scriptRunner: true }],
  ] as const) {
    test(`every request to ${kind} with ${how} is sent in the name of Attune`, async (t) => {
      const product = await openProduct(kind, [{ username: 'ada' }], options);
      t.after(product.close);
      const { url, seen } = await listening(t, product.url);
      const definition = targetDefinitions.get(kind);
      assert.ok(definition);
      const target = definition.open(definition.settings.parse({ kind, url, ...settings }), deps);
      const attribute = kind === 'jira' ? 'userProperty:Company' : 'field:phone';
      await target.assume({ username: 'ada', attributes: [attribute] }, countingCall().call);
      assert.ok(seen.length > 3, JSON.stringify(seen));
      for (const [path, agent] of seen) assert.equal(agent, ours, path);
    });
  }
}

test('a notice is sent in the name of Attune', async (t) => {
  let agent: string | undefined;
  const server = createServer((request, answer) => {
    agent = request.headers['user-agent'];
    answer.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const url = `http://127.0.0.1:${address.port}/`;
  const send = webhookSender(
    async (reference) => ('env' in reference && reference.env.endsWith('URL') ? url : 'key'),
    Date.now,
  );
  const hook = { webhook: { env: 'ATTUNE_SECRET_URL' }, key: { env: 'ATTUNE_SECRET_KEY' }, on: [] };
  await send(hook, { id: 'n1' } as never, startCall().call);
  assert.equal(agent, ours);
});
