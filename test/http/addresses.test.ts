import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { baseUrlOf, resolveSameOrigin, urlOf } from '../../src/http/addresses.ts';
import { serviceUrl } from '../../src/http/settings.ts';

const base = new URL('https://graph.example/');
const failure = (kind: string) => (error: unknown) => isFailure(error) && error.kind === kind;

test('plain http is for this machine only, in settings and in the client', () => {
  for (const url of ['https://idp.example', 'http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:2']) {
    assert.equal(baseUrlOf(url, 'x').origin, url);
    assert.equal(serviceUrl.parse(url), url);
  }
  for (const url of ['http://idp.example', 'http://127.0.0.1.evil.example', 'ftp://127.0.0.1', 'nonsense']) {
    assert.throws(() => baseUrlOf(url, 'x'), failure('config'));
    assert.equal(serviceUrl.safeParse(url).success, false);
  }
});

test('a link to another origin is refused', () => {
  assert.equal(resolveSameOrigin('/users?after=1', base, 'x').href, 'https://graph.example/users?after=1');
  for (const link of [
    'https://graph.example.evil.example/users',
    'http://graph.example/users',
    'https://graph.example:8443/users',
    '//evil.example/users',
    'https://graph.example@evil.example/',
  ]) {
    assert.throws(() => resolveSameOrigin(link, base, 'x'), failure('wrongShape'), link);
  }
});

test('values stay inside their place in a route', () => {
  const url = (key: string) => urlOf(base, '/v1.0/users/{key}', { key }, { $select: 'id,mail' }).href;
  assert.equal(url('a#EXT#@b/../c?d'), 'https://graph.example/v1.0/users/a%23EXT%23%40b%2F..%2Fc%3Fd?$select=id,mail');
  for (const key of ['', '.', '..']) assert.throws(() => url(key), failure('notFound'));
  const filter = urlOf(base, '/users', {}, { $filter: "mail eq 'a+b&c=d@x.example'" });
  assert.equal(filter.searchParams.get('$filter'), "mail eq 'a+b&c=d@x.example'");
});
