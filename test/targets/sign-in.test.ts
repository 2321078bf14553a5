import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { FailureKind } from '../../src/core/failure.ts';
import { confluence } from '../../src/targets/confluence/index.ts';
import { jira } from '../../src/targets/jira/index.ts';
import type { Account, Target } from '../../src/targets/target.ts';
import { fails } from '../sources/fixtures.ts';
import { collected } from './fixtures/collected.ts';
import { countingCall } from './fixtures/product.ts';
import { deps, openProduct, passwordAuth, tokenAuth } from './fixtures/sandbox.ts';

const ada: Account = { key: 'KEY-ada', username: 'ada', email: null, active: true };

/** A product's stand-in behind a door that is set like this, with a target opened on it. */
const behind = async (
  t: TestContext,
  kind: 'jira' | 'confluence',
  options: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>> = {},
  secret = deps.secret,
) => {
  const product = await openProduct(kind, [{ username: 'ada', properties: { Company: 'Acme', phone: '+1' } }], options);
  const given = { kind, url: product.url, auth: passwordAuth, ...settings };
  const target: Target =
    kind === 'jira'
      ? jira.open(jira.settings.parse(given), { secret })
      : confluence.open(confluence.settings.parse(given), { secret });
  t.after(async () => {
    await target.close();
    await product.close();
  });
  const attribute = kind === 'jira' ? 'userProperty:Company' : 'field:phone';
  const read = async () => (await target.readProfile(ada, [attribute], countingCall().call)).get(attribute);
  const refused = (kindOf: FailureKind, words: RegExp) => fails(read(), kindOf, words);
  const logins = () =>
    product.journal
      .entries()
      .filter(({ method, path }) => method === 'POST' && /login\.(jsp|action)$|tsv\/1\.0/.test(path)).length;
  return { product, target, read, refused, logins, held: kind === 'jira' ? 'Acme' : '+1' };
};

const wrongPassword = async () => 'wrong';

for (const kind of ['jira', 'confluence'] as const) {
  describe(`signing in to ${kind}`, () => {
    test('a wrong password is sent once, whoever asks and however often', async (t) => {
      const { refused, logins } = await behind(t, kind, {}, {}, wrongPassword);
      await Promise.all([1, 2, 3].map(() => refused('auth', /user name or password/i)));
      await refused('auth', /user name or password/i);
      assert.equal(logins(), 1, 'the account is not locked out');
    });

    test('a CAPTCHA stops at once', async (t) => {
      const { product, refused, logins } = await behind(t, kind, { captchaAfter: 1 });
      const body = new URLSearchParams({ os_username: 'svc-attune', os_password: 'guessed by somebody' });
      await fetch(`${product.url}/${kind === 'jira' ? 'login.jsp' : 'dologin.action'}`, { method: 'POST', body });
      const before = logins();
      await refused('auth', /CAPTCHA/);
      await refused('auth', /CAPTCHA/);
      assert.ok(logins() - before <= 2, `${logins() - before} attempts`);
    });

    test('two-step verification is named at either door, with the way out, and no password is sent again', async (t) => {
      const twoStepAccounts = ['svc-attune'];
      const wayOut = /two-step verification wants a code.*login/i;
      const { refused } = await behind(t, kind, { profile: '11', twoStepAccounts });
      await refused('auth', wayOut);
      for (const options of [{}, { dropsHeaders: true }]) {
        const inside = await behind(t, kind, { twoStepAccounts, twoStepAt: 'passwordPage', ...options });
        const error = await inside.refused('auth', /two-step verification wants a code.*password page/i);
        assert.match(error.sentence, /exempt this account|token/);
        assert.equal(inside.logins(), 1);
      }
    });

    test('a product that starts, and a directory that is away, are outages: work goes on when they are back', async (t) => {
      const { product, read, held, refused } = await behind(t, kind, {});
      product.configure({ starting: true });
      await refused('unavailable', /starting/);
      product.configure({ starting: false });
      assert.equal(await read(), held);
      product.expireSessions();
      product.faults.add({ path: '/(login.jsp|dologin.action)', effect: { kind: 'html' }, after: 0, every: 1 });
      await refused('unavailable', /neither|answers|maintenance/);
      product.faults.clear();
      assert.equal(await read(), held);
    });

    test('whichever request of a write a session ends before, it is renewed and the value written once', async (t) => {
      const attribute = kind === 'jira' ? 'userProperty:Company' : 'field:phone';
      for (const dropsHeaders of [false, true]) {
        for (const requestsPerSession of [8, 9, 10, 11, 12]) {
          const { product, target, held } = await behind(t, kind, { dropsHeaders, requestsPerSession });
          const write = (before: string | null, after: string) =>
            target.applyChanges(ada, [{ attribute, before, after }], countingCall().call);
          for (const [before, after] of [
            [held, 'one'],
            ['one', 'two'],
            ['two', 'three'],
          ] as const) {
            assert.deepEqual(await write(before, after), { results: [{ attribute, status: 'applied' }], ended: null });
          }
          const taken = product.journal
            .entries()
            .filter(({ note }) => note?.op !== undefined || (note?.writes ?? []).length > 0);
          assert.equal(taken.length, 3, `${requestsPerSession} requests a session`);
        }
      }
    });

    test('a check signs in anew and past a breaker that is open', async (t) => {
      const { product, target, logins, refused } = await behind(t, kind, {});
      const look = () => collected(target.examine(null, countingCall().call));
      assert.ok((await look()).every(({ ok }) => ok));
      const before = logins();
      assert.ok((await look()).every(({ ok }) => ok));
      assert.equal(logins(), before + 1, 'a session from before proves nothing');
      product.faults.add({ path: '.*', after: 0, every: 1, effect: { kind: 'reset', when: 'before' } });
      for (let n = 0; n < 6; n += 1) await refused('unavailable', /./);
      await refused('unavailable', /pauses its requests/);
      assert.match((await look())[0]?.found ?? '', /does not answer/, 'a look of its own, not the breaker’s sentence');
      product.faults.clear();
      assert.ok((await look()).every(({ ok }) => ok));
    });

    test('single sign-on in front of the form is named, and passed by with loginPath', async (t) => {
      const singleSignOn = 'https://sso.acme.example/login';
      const { refused } = await behind(t, kind, { singleSignOn });
      await refused('config', /auth\.loginPath/);
      const loginPath = kind === 'jira' ? '/login.jsp?auth_fallback' : '/dologin.action?auth_fallback';
      const beside = await behind(t, kind, { singleSignOn }, { auth: { ...passwordAuth, loginPath } });
      assert.equal(await beside.read(), beside.held);
    });

    test('an address that may not have an administrator’s session is told', async (t) => {
      const { refused } = await behind(t, kind, { webSudoRefused: true });
      await refused('forbidden', /allow-list/);
    });

    test('an administrator’s session that ends, and a session that ends, are renewed in mid-work', async (t) => {
      const { product, read, held, logins } = await behind(t, kind, { webSudoLife: 60_000, sessionLife: 600_000 });
      assert.equal(await read(), held);
      product.clock.advance(59_000);
      assert.equal(await read(), held);
      product.clock.advance(59_000);
      assert.equal(await read(), held, 'it slides');
      product.clock.advance(61_000);
      assert.equal(await read(), held);
      assert.equal(logins(), 1, 'the session itself lives on');
      product.clock.advance(601_000);
      assert.equal(await read(), held);
      assert.equal(logins(), 2);
    });

    test('a product in maintenance is unavailable, and a redirect elsewhere is no answer', async (t) => {
      const { product, read, held, refused } = await behind(t, kind, {});
      assert.equal(await read(), held);
      product.faults.add({ path: '.*', after: 0, every: 1, effect: { kind: 'maintenance' } });
      await refused('unavailable', /maintenance|answers 503/);
      product.faults.clear();
      product.faults.add({
        path: '.*',
        after: 0,
        every: 1,
        effect: { kind: 'redirect', location: 'https://evil.example/' },
      });
      await refused('config', /another host/);
      product.faults.clear();
      assert.equal(await read(), held);
    });

    test('the product’s own rate limit is kept to', async (t) => {
      const rateLimit = { limit: 6, fillRate: 6, intervalSeconds: 1 };
      const { product, read, held } = await behind(t, kind, { rateLimit });
      for (let n = 0; n < 12; n += 1) assert.equal(await read(), held);
      const tooMany = product.journal.entries().filter(({ status }) => status === 429).length;
      assert.ok(tooMany > 0 && tooMany < 12, `${tooMany} requests too many`);
    });
  });
}

test('a token that is none is found out, though Jira answers as to anybody', async (t) => {
  const settings = { auth: tokenAuth, store: 'entityProperty' };
  const { target } = await behind(t, 'jira', {}, settings, async () => 'no such token');
  await fails(target.check(countingCall().call), 'auth', /token/);
});
