import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newJar } from '../../../src/targets/atlassian/cookies.ts';
import { answerPasswordPage, logIn } from '../../../src/targets/atlassian/login.ts';
import { confluence } from '../../../src/targets/confluence/session.ts';
import { jira } from '../../../src/targets/jira/session.ts';
import { baseUrl, countingCall, loginForm, passwordPage, type Reply, type Seen, standIn } from '../fixtures/product.ts';

const credentials = { username: 'svc', password: 'pa$$ & wörd', loginPath: '/login.jsp' };
const noForm = '<div id="root"></div>';

const trying = (reply: (seen: Seen) => Reply) => {
  const { wire, seen, routes } = standIn(reply);
  return { result: logIn(jira(), wire, credentials, countingCall().call), seen, routes };
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
    });
  });

  test('asks who it is when the product does not say', async () => {
    const asked = (status: number) =>
      trying(({ request }) => {
        if (request.route.endsWith('/myself')) return { status };
        return request.method === 'GET'
          ? { status: 200, text: loginForm }
          : { status: 302, headers: { location: '/' } };
      });
    assert.notEqual(await asked(200).result, null);
    assert.equal(await asked(401).result, null);
  });

  const refusals: readonly (readonly [string, Reply, string | null])[] = [
    ['a refused password', { status: 401 }, null],
    ['an account with two-step verification', { status: 403, text: '{"reason":"TOTP code required"}' }, 'auth'],
    ['a picture puzzle', { status: 403, text: '{"captchaRequired":true}' }, 'auth'],
    ['a product without the newer login', { status: 404 }, 'config'],
    ['single sign-on', { status: 302, headers: { location: 'https://sso.example/' } }, 'config'],
    ['an answer nobody knows', { status: 418 }, 'wrongShape'],
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
      if (request.route === '/login.jsp') return { status: 302, headers: { location: '/login2.jsp?a=1' } };
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
  const answered = (reply: Reply, product = jira()) =>
    answerPasswordPage(product, standIn(() => reply).wire, 'right', newJar(), countingCall().call);

  test('success is the redirect that says so', async () => {
    const headers = { 'x-atlassian-websudo': 'Has-Authentication', location: '/' };
    assert.equal(await answered({ status: 302, headers }), 'raised');
    assert.equal(await answered({ status: 302, headers }, confluence(baseUrl)), 'raised');
    await assert.rejects(answered({ status: 302, headers: { location: '/' } }), { kind: 'wrongShape' });
  });

  test('a refused password, a lost session and an address that is not allowed are told apart', async () => {
    assert.equal(await answered({ status: 200, text: passwordPage }), 'refused');
    const again = { status: 302, headers: { location: '/authenticate.action?destination=x' } };
    assert.equal(await answered(again, confluence(baseUrl)), 'refused');
    assert.equal(await answered({ status: 302, headers: { 'x-ausername': 'anonymous' } }), 'signedOut');
    await assert.rejects(answered({ status: 403 }), { kind: 'forbidden' });
    const captcha = { status: 403, headers: { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE' } };
    await assert.rejects(answered(captcha), { kind: 'auth' });
  });
});
