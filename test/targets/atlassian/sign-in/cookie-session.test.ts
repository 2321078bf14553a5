import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProductRequest } from '../../../../src/targets/atlassian/connection.ts';
import { openCookieSession } from '../../../../src/targets/atlassian/sign-in/cookie-session.ts';
import { openRefusals, type Refusals } from '../../../../src/targets/atlassian/sign-in/refusals.ts';
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

const auth = { username: 'svc', password: { env: 'ATTUNE_SECRET_JIRA' }, with: 'form' as const };
const page: ProductRequest = { method: 'GET', route: '/secure/admin/user/EditUserProperties.jspa', kind: 'read' };
const anonymous = { 'x-ausername': 'anonymous' };
const known = { 'x-ausername': 'svc' };

/** Jira's sessions: a login makes one, the password page replaces it by another, both can be ended from outside. */
const jiraSessions = (password = () => 'right') => {
  let next = 0;
  const signedIn = new Set<string>();
  const raised = new Set<string>();
  const makeSession = (): string => {
    next += 1;
    signedIn.add(`s${next}`);
    return `s${next}`;
  };
  const reply = ({ request, session }: Seen): Reply => {
    const route = `${request.method} ${request.route}`;
    if (route === 'GET /login.jsp') return { status: 200, text: loginForm, headers: anonymous };
    if (route === 'POST /login.jsp') {
      if (request.form?.os_password !== password()) {
        return {
          status: 200,
          text: loginForm,
          headers: { ...anonymous, 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
        };
      }
      return { status: 302, headers: { ...known, location: '/secure/Dashboard.jspa' }, session: makeSession() };
    }
    if (session === null || !signedIn.has(session)) {
      return {
        status: 302,
        headers: { ...anonymous, location: '/login.jsp?permissionViolation=true' },
        session: 'nobody',
      };
    }
    if (route === 'POST /secure/admin/WebSudoAuthenticate.jspa') {
      if (request.form?.webSudoPassword !== password()) return { status: 200, text: passwordPage, headers: known };
      signedIn.delete(session);
      const raisedSession = makeSession();
      raised.add(raisedSession);
      return {
        status: 302,
        headers: { ...known, 'x-atlassian-websudo': 'Has-Authentication' },
        session: raisedSession,
      };
    }
    if (!raised.has(session)) return { status: 200, text: passwordPage, headers: known };
    return { status: 200, text: 'the page', headers: known };
  };
  return { reply, signedIn, raised };
};

const open = (
  reply: (seen: Seen) => Reply,
  secret: () => string = () => 'right',
  refusals: Refusals = openRefusals(),
) => {
  const product = standIn(reply);
  const read = () => Promise.resolve(secret());
  return { ...product, session: openCookieSession(jiraProduct(baseUrl), product.connection, auth, read, refusals) };
};

describe('a session by cookies', () => {
  test('logs in once and answers the password page once, however many callers start together', async () => {
    const { session, routes } = open(jiraSessions().reply);
    const { call, counts } = countingCall();
    const answers = await Promise.all(Array.from({ length: 20 }, () => session.send(page, call)));
    assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['the page']));
    assert.equal(routes().filter((route) => route === 'POST /login.jsp').length, 1);
    assert.equal(routes().filter((route) => route.endsWith('WebSudoAuthenticate.jspa')).length, 1);
    assert.equal(counts.login, 3);
    assert.equal(counts.login + counts.read, routes().length);
  });

  test('renews what expired, once for all who notice, and repeats what was asked', async () => {
    const sessions = jiraSessions();
    const { session, routes } = open(sessions.reply);
    const { call } = countingCall();
    await session.send(page, call);
    sessions.raised.clear();
    await Promise.all(Array.from({ length: 10 }, () => session.send(page, call)));
    assert.equal(routes().filter((route) => route.endsWith('WebSudoAuthenticate.jspa')).length, 2);
    assert.equal(routes().filter((route) => route === 'POST /login.jsp').length, 1);
    sessions.signedIn.clear();
    const answers = await Promise.all(Array.from({ length: 10 }, () => session.send(page, call)));
    assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set(['the page']));
    assert.equal(routes().filter((route) => route === 'POST /login.jsp').length, 2);
  });

  test('sends a refused password once, and again only when the secret holds another one', async () => {
    let secret = 'wrong';
    const { session, routes } = open(jiraSessions().reply, () => secret);
    const { call } = countingCall();
    await assert.rejects(session.send(page, call), { kind: 'auth' });
    await assert.rejects(session.send(page, call), { kind: 'auth' });
    assert.equal(routes().filter((route) => route === 'POST /login.jsp').length, 1);
    secret = 'right';
    assert.equal((await session.send(page, call)).text, 'the page');
  });

  test('a password changed during the refused login is tried at once', async () => {
    let reads = 0;
    const secret = (): string => {
      reads += 1;
      return reads === 1 ? 'old' : 'right';
    };
    const { session } = open(jiraSessions().reply, secret);
    assert.equal((await session.send(page, countingCall().call)).text, 'the page');
  });

  test('a password page that refuses ends it: the password is not sent a second time', async () => {
    const sessions = jiraSessions();
    const { session, routes } = open((seen) =>
      seen.request.route.endsWith('WebSudoAuthenticate.jspa')
        ? { status: 200, text: passwordPage, headers: known }
        : sessions.reply(seen),
    );
    const { call } = countingCall();
    await assert.rejects(session.send(page, call), { kind: 'auth' });
    await assert.rejects(session.send(page, call), { kind: 'auth' });
    assert.equal(routes().filter((route) => route.endsWith('WebSudoAuthenticate.jspa')).length, 1);
    assert.equal(routes().filter((route) => route === 'POST /login.jsp').length, 1);
  });

  test('a refused password is tried again after 15 minutes, once; after that only for somebody who asks in person', async () => {
    let now = 0;
    const refusals = openRefusals(true, () => now);
    const sessions = jiraSessions();
    let directoryIsAway = true;
    const reply = (seen: Seen): Reply =>
      directoryIsAway && seen.request.method === 'POST'
        ? { status: 200, text: loginForm, headers: { ...anonymous, 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } }
        : sessions.reply(seen);
    const { session, routes } = open(reply, () => 'right', refusals);
    const logins = () => routes().filter((route) => route === 'POST /login.jsp').length;
    const { call } = countingCall();
    const refused = () => assert.rejects(session.send(page, call), { kind: 'auth' });
    await refused();
    now += 14 * 60_000;
    await refused();
    assert.equal(logins(), 1);
    now += 60_000;
    await refused();
    assert.equal(logins(), 2);
    now += 24 * 3_600_000;
    await refused();
    assert.equal(logins(), 2, 'one below the third, which locks the account');
    directoryIsAway = false;
    await refused();
    const asked = open(reply, () => 'right', refusals.inPerson());
    assert.equal((await asked.session.send(page, call)).text, 'the page');
    assert.equal((await session.send(page, call)).text, 'the page', 'which every caller profits from');
  });

  const outages: readonly (readonly [string, Reply])[] = [
    ['a page of a proxy', { status: 200, text: '<html><h1>Please wait</h1></html>' }],
    ['a page of a proxy to everything', { status: 200, text: '<html><h1>Please wait</h1></html>', session: 'proxy' }],
    ['an anonymous answer without a word', { status: 302, headers: { ...anonymous, location: '/login.jsp' } }],
    ['a forbidden by a proxy', { status: 403, text: 'blocked' }],
    ['the page of a product that starts', { status: 200, text: '<title>Atlassian Jira - Initialising</title>' }],
  ];
  for (const [name, odd] of outages) {
    test(`${name} is an outage, not a refusal: the next caller signs in`, async () => {
      const sessions = jiraSessions();
      let isOdd = true;
      const { session } = open((seen) =>
        isOdd && seen.request.route !== '/login.jsp'
          ? odd
          : isOdd && seen.request.method === 'POST'
            ? odd
            : sessions.reply(seen),
      );
      await assert.rejects(session.send(page, countingCall().call), { kind: 'unavailable' });
      isOdd = false;
      assert.equal((await session.send(page, countingCall().call)).text, 'the page');
    });
  }

  test('a picture puzzle ends the login with what to do', async () => {
    const { session, routes } = open(({ request }) =>
      request.method === 'GET'
        ? { status: 200, text: loginForm }
        : {
            status: 200,
            text: loginForm,
            headers: { 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=x' },
          },
    );
    await assert.rejects(session.send(page, countingCall().call), /Sign in once manually|CAPTCHA/);
    assert.deepEqual(routes(), ['GET /login.jsp', 'POST /login.jsp']);
  });

  test('single sign-on in the place of the form is named, with the setting that helps', async () => {
    const { session } = open(() => ({ status: 302, headers: { location: 'https://sso.example/authorize?client=1' } }));
    await assert.rejects(
      session.send(page, countingCall().call),
      (error: Error & { kind?: string; sentence?: string }) => {
        assert.equal(error.kind, 'config');
        assert.match(error.sentence ?? '', /single sign-on has replaced the login form.*set auth\.loginPath/is);
        return true;
      },
    );
  });

  test('a redirect to the login page for somebody known means that a right is missing', async () => {
    const sessions = jiraSessions();
    const { session } = open((seen) =>
      seen.session === 's1'
        ? { status: 302, headers: { ...known, location: '/login.jsp?permissionViolation=true' } }
        : sessions.reply(seen),
    );
    await assert.rejects(session.send(page, countingCall().call), { kind: 'forbidden' });
  });

  test('a product that forgets every session is reported, not asked for ever', async () => {
    const sessions = jiraSessions();
    const { session, routes } = open((seen) => {
      const answer = sessions.reply(seen);
      sessions.raised.clear();
      return answer;
    });
    await assert.rejects(session.send(page, countingCall().call), { kind: 'unavailable' });
    assert.ok(routes().length < 40);
  });

  test('a failed renewal is tried anew by the next caller', async () => {
    const sessions = jiraSessions();
    let down = true;
    const { session } = open((seen) => (down ? { status: 500 } : sessions.reply(seen)));
    const { call } = countingCall();
    await assert.rejects(session.send(page, call), { kind: 'wrongShape' });
    down = false;
    assert.equal((await session.send(page, call)).text, 'the page');
  });

  test('says goodbye at the end, and only if it ever came in', async () => {
    const { session, routes } = open(jiraSessions().reply);
    await session.close();
    assert.deepEqual(routes(), []);
    await session.send(page, countingCall().call);
    await session.close();
    assert.equal(routes().at(-1), 'DELETE /rest/auth/1/session');
  });
});
