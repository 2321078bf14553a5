import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProductRequest } from '../../../../src/targets/atlassian/connection.ts';
import type { Auth } from '../../../../src/targets/atlassian/settings.ts';
import { openHeaderSession } from '../../../../src/targets/atlassian/sign-in/header-session.ts';
import { openRefusals, type Refusals } from '../../../../src/targets/atlassian/sign-in/refusals.ts';
import { jiraProduct } from '../../../../src/targets/jira/product.ts';
import { baseUrl, countingCall, passwordPage, type Reply, type Seen, standIn } from '../../fixtures/product.ts';

const token: Auth = { token: { env: 'ATTUNE_SECRET_PAT' } };
const basic: Auth = { username: 'svc', password: { env: 'ATTUNE_SECRET_PAT' }, with: 'basic' };
const listing: ProductRequest = { method: 'GET', route: '/rest/api/2/user/list', kind: 'listing' };

const open = (
  auth: Auth,
  reply: (seen: Seen) => Reply,
  secret: () => string = () => 'good',
  refusals: Refusals = openRefusals(),
) => {
  const product = standIn(reply);
  const read = () => Promise.resolve(secret());
  return { ...product, session: openHeaderSession(jiraProduct(baseUrl), product.connection, auth, read, refusals) };
};

const byToken = ({ request }: Seen): Reply =>
  request.headers?.authorization === 'Bearer good'
    ? { status: 200, headers: { 'x-ausername': 'svc' }, session: 'dropped' }
    : { status: request.route.endsWith('/myself') ? 401 : 200, headers: { 'x-ausername': 'anonymous' } };

test('a token goes with every request, and no cookie does', async () => {
  const { session, seen } = open(token, byToken);
  await session.send(listing, countingCall().call);
  await session.send(listing, countingCall().call);
  assert.deepEqual(
    seen.map((each) => [each.session, each.request.headers?.authorization]),
    [
      [null, 'Bearer good'],
      [null, 'Bearer good'],
    ],
  );
});

test('a bad token is seen although the product answers 200, and is not sent again', async () => {
  let secret = 'bad';
  const { session, seen } = open(token, byToken, () => secret);
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'auth' });
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'auth' });
  assert.equal(seen.length, 2, 'asked once, and once who it is');
  secret = 'good';
  assert.equal((await session.send(listing, countingCall().call)).status, 200);
});

test('Basic sends name and password; where it is off the failure says so', async () => {
  const { session, seen } = open(basic, () => ({
    status: 403,
    text: 'Basic Authentication has been disabled on this instance.',
  }));
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'config' });
  assert.equal(seen[0]?.request.headers?.authorization, `Basic ${Buffer.from('svc:good').toString('base64')}`);
});

test('a password page cannot be answered by header', async () => {
  const { session } = open(basic, () => ({ status: 200, text: passwordPage, headers: { 'x-ausername': 'svc' } }));
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'config' });
});

test('a 403 is a missing right, unless the caller judges it', async () => {
  const { session } = open(token, () => ({ status: 403, headers: { 'x-ausername': 'svc' } }));
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'forbidden' });
  assert.equal((await session.send({ ...listing, refusable: true }, countingCall().call)).status, 403);
});

test('anonymous answers while a directory is away refuse nothing: the next request goes out', async () => {
  let away = true;
  const { session } = open(token, (seen) =>
    away ? { status: 200, headers: { 'x-ausername': 'anonymous' } } : byToken(seen),
  );
  await assert.rejects(session.send(listing, countingCall().call), { kind: 'unavailable' });
  away = false;
  assert.equal((await session.send(listing, countingCall().call)).status, 200);
});

test('a refused password is sent at most twice in a row, with a wait between', async () => {
  let now = 0;
  const refusals = openRefusals(true, () => now);
  const { session, seen } = open(
    basic,
    () => ({ status: 401 }),
    () => 'bad',
    refusals,
  );
  for (const minutes of [0, 1, 15, 15, 24 * 60]) {
    now += minutes * 60_000;
    await assert.rejects(session.send(listing, countingCall().call), { kind: 'auth' });
  }
  assert.equal(seen.length, 2);
});
