import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newJar } from '../../../../src/targets/atlassian/sign-in/cookies.ts';
import { logIn } from '../../../../src/targets/atlassian/sign-in/login.ts';
import { answerPasswordPage } from '../../../../src/targets/atlassian/sign-in/password-page.ts';
import { confluenceProduct } from '../../../../src/targets/confluence/product.ts';
import { jiraProduct } from '../../../../src/targets/jira/product.ts';
import {
  baseUrl,
  countingCall,
  loginForm,
  passwordPage,
  type Reply,
  type Seen,
  standIn,
} from '../../fixtures/product.ts';

const credentials = { username: 'svc', password: 'pa$$ & wörd', loginPath: '/login.jsp' };
const noForm = '<div id="root"></div>';

const trying = (reply: (seen: Seen) => Reply) => {
  const { connection, seen, routes } = standIn(reply);
  return { result: logIn(jiraProduct(baseUrl), connection, credentials, countingCall().call), seen, routes };
};

/** The newer login page, and what its login answers. */
const twoStep = (answer: Reply) =>
  trying(({ request }) => (request.method === 'GET' ? { status: 200, text: noForm } : answer));

describe('logging in', () => {
  test('fills in the form with its own hidden fields', async () => {
    const form = loginForm.replace('</form>', '<input type="hidden" name="os_destination" value="/x"></form>');
    const { result, seen } = trying(({ request }) =>
      request.method === 'GET'
        ? { status: 200, text: form }
        : { status: 302, headers: { 'x-ausername': 'svc', location: '/' } },
    );
    assert.notEqual(await result, null);
    assert.deepEqual(seen[1]?.request.form, {
      os_destination: '',
      user_role: '',
      login: 'Log In',
      os_username: 'svc',
      os_password: credentials.password,
    });
  });

  test('uses the newer login where the page has no form', async () => {
    const { result, seen } = twoStep({ status: 200, headers: { 'x-ausername': 'svc' }, text: '{}' });
    assert.notEqual(await result, null);
    assert.equal(seen[1]?.request.route, '/rest/tsv/1.0/authenticate');
    assert.deepEqual(seen[1]?.request.json, {
      username: 'svc',
      password: credentials.password,
      rememberMe: true,
      targetUrl: '',
      captchaId: '',
    });
    assert.deepEqual(seen[1]?.request.query, { os_authType: 'none' });
  });

  test('asks who it is when the product does not say', async () => {
    const asked = (who: Reply) =>
      trying(({ request }) => {
        if (request.route.endsWith('/myself')) return who;
        return request.method === 'GET'
          ? { status: 200, text: loginForm }
          : { status: 302, headers: { location: '/' } };
      });
    assert.notEqual(await asked({ status: 200, text: '{"name":"svc"}' }).result, null);
    await assert.rejects(asked({ status: 401 }).result, { kind: 'unavailable' });
    await assert.rejects(asked({ status: 200, text: '<h1>Please wait</h1>' }).result, { kind: 'unavailable' });
    await assert.rejects(asked({ status: 200, text: '{"type":"anonymous"}' }).result, { kind: 'unavailable' });
  });

  const refusals: readonly (readonly [string, Reply, string | null])[] = [
    ['a refused password', { status: 401, text: '{"reason":"AUTHENTICATED_FAILED"}' }, null],
    ['a 401 of somebody between', { status: 401, text: '<h1>Proxy</h1>' }, 'unavailable'],
    ['a page in its place', { status: 200, text: '<h1>Please wait</h1>' }, 'unavailable'],
    ['an account with two-step verification', { status: 403, text: '{"reason":"TOTP code required"}' }, 'auth'],
    ['a picture puzzle', { status: 403, text: '{"captchaRequired":true}' }, 'auth'],
    ['a product without the newer login', { status: 404 }, 'unavailable'],
    ['single sign-on', { status: 302, headers: { location: 'https://sso.example/' } }, 'config'],
    ['an answer nobody knows', { status: 418 }, 'unavailable'],
  ];
  for (const [name, answer, kind] of refusals) {
    test(`the newer login: ${name} is told apart, after one try`, async () => {
      const { result, routes } = twoStep(answer);
      if (kind === null) assert.equal(await result, null);
      else await assert.rejects(result, { kind });
      assert.equal(routes().filter((route) => route.startsWith('POST')).length, 1);
    });
  }

  test('follows the product’s own redirects to its form, but not in a circle', async () => {
    const { result, routes } = trying(({ request }) => {
      if (request.method === 'GET' && request.route === '/login.jsp')
        return { status: 302, headers: { location: '/login2.jsp?a=1' } };
      if (request.method === 'GET') return { status: 200, text: loginForm };
      return { status: 302, headers: { 'x-ausername': 'svc', location: '/' } };
    });
    await result;
    assert.deepEqual(routes().slice(0, 2), ['GET /login.jsp', 'GET /login2.jsp?a=1']);
    const circle = trying(() => ({ status: 302, headers: { location: '/login.jsp' } }));
    await assert.rejects(circle.result, { kind: 'config' });
  });

  test('nothing a failure says holds the name or the password', async () => {
    for (const answer of refusals.map(([, reply]) => reply)) {
      await twoStep(answer).result.catch((error: Error) => assert.equal(/svc|pa\$\$/.test(error.message), false));
    }
  });
});

describe('the password page', () => {
  const answered = (reply: Reply, product = jiraProduct(baseUrl)) =>
    answerPasswordPage(product, standIn(() => reply).connection, 'right', newJar(), countingCall().call);

  test('success is the redirect that says so', async () => {
    const headers = { 'x-atlassian-websudo': 'Has-Authentication', location: '/' };
    assert.equal(await answered({ status: 302, headers }), 'raised');
    assert.equal(await answered({ status: 302, headers }, confluenceProduct(baseUrl)), 'raised');
    await assert.rejects(answered({ status: 200, text: 'something' }), { kind: 'wrongShape' });
  });

  test('where a proxy drops the header that says so, a page of the administration tells', async () => {
    const asked = (page: Reply) => {
      const { connection, routes } = standIn(({ request }) =>
        request.method === 'GET' ? page : { status: 302, headers: { location: '/secure/admin/user/UserBrowser.jspa' } },
      );
      return {
        result: answerPasswordPage(jiraProduct(baseUrl), connection, 'right', newJar(), countingCall().call),
        routes,
      };
    };
    assert.equal(await asked({ status: 200, text: '<h1>Users</h1>' }).result, 'raised');
    assert.equal(await asked({ status: 200, text: passwordPage }).result, 'refused');
    assert.equal(await asked({ status: 302, headers: { location: '/login.jsp' } }).result, 'signedOut');
  });

  const codes = [
    '<form><input name="totpCode"></form>',
    '<form><input id="verificationCode"></form>',
    '<form><input name="mfaCode"></form>',
    '\n<!DOCTYPE html><div data-tsv-step="code"></div>',
    '<form><label>Code</label><input name="token" autocomplete="off one-time-code"></form>',
  ];
  for (const code of codes) {
    test(`a page that wants the code of two-step verification says so: ${code.trim()}`, async () => {
      await assert.rejects(answered({ status: 200, text: code }), /two-step verification wants a code.*password page/);
    });
  }

  test('a page that only speaks of a code wants none', async () => {
    const text = '<p>Your otp device needs verification.</p><form><input name="prototype"><input name="email"></form>';
    await assert.rejects(answered({ status: 200, text }), { kind: 'wrongShape' });
  });

  test('a refused password, a lost session and an address that is not allowed are told apart', async () => {
    assert.equal(await answered({ status: 200, text: passwordPage }), 'refused');
    const again = { status: 302, headers: { location: '/authenticate.action?destination=x' } };
    assert.equal(await answered(again, confluenceProduct(baseUrl)), 'refused');
    assert.equal(await answered({ status: 302, headers: { 'x-ausername': 'anonymous' } }), 'signedOut');
    await assert.rejects(answered({ status: 403 }), { kind: 'forbidden' });
    const captcha = { status: 403, headers: { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE' } };
    await assert.rejects(answered(captcha), { kind: 'auth' });
  });
});
