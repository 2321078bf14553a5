import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { redirectOf } from '../../../src/targets/atlassian/answers.ts';
import type { ProductAnswer } from '../../../src/targets/atlassian/connection.ts';

const baseUrl = new URL('https://wiki.acme.example/wiki');
const answerTo = (location: string, status = 302): ProductAnswer => ({
  request: { method: 'POST', route: '/admin/users/doedituser.action', kind: 'write' },
  status,
  text: '',
  header: (name) => (name === 'location' ? location : undefined),
});

describe('a redirect', () => {
  const spellings = [
    'viewuser.action?username=fred',
    './viewuser.action?username=fred',
    '/wiki/admin/users/viewuser.action?username=fred#top',
    '/wiki/admin/users/viewuser.action;jsessionid=AB12.node1?username=fred',
    '/wiki/admin/users/viewuser.action;jsessionid=AB12;x=y?username=fred',
    '/wiki/admin/users/viewuser.action%3bjsessionid=AB12?username=fred',
    '/wiki;jsessionid=AB12/admin/users/viewuser.action?username=fred',
    '//wiki.acme.example/wiki/admin/users/viewuser.action?username=fred',
    'http://wiki.acme.example/wiki/admin/users/viewuser.action?username=fred',
    'https://WIKI.acme.example:443/wiki/admin/users/viewuser.action?username=fred',
  ];
  for (const location of spellings) {
    for (const status of [301, 302, 303, 307]) {
      test(`${status} to ${location} leads to the page, however it is spelt`, () => {
        const { path, query, elsewhere } = redirectOf(answerTo(location, status), baseUrl) ?? assert.fail();
        assert.deepEqual([path, query.get('username'), elsewhere], ['/admin/users/viewuser.action', 'fred', null]);
      });
    }
  }

  for (const [location, host] of [
    ['https://sso.acme.example/?to=/wiki/admin/users/viewuser.action', 'sso.acme.example'],
    ['https://wiki.acme.example:8443/wiki/admin/users/viewuser.action', 'wiki.acme.example:8443'],
    ['//evil.example/wiki/admin/users/viewuser.action', 'evil.example'],
    ['https://wiki.acme.example@evil.example/wiki/admin/users/viewuser.action', 'evil.example'],
  ] as const) {
    test(`to ${location} leads elsewhere`, () => {
      assert.equal(redirectOf(answerTo(location), baseUrl)?.elsewhere, host);
    });
  }

  test('is none without a place, or with one that is no address', () => {
    for (const location of ['http://[', 'https://:0:0/']) assert.equal(redirectOf(answerTo(location), baseUrl), null);
    assert.equal(redirectOf(answerTo('/wiki/', 200), baseUrl), null);
    assert.equal(redirectOf({ ...answerTo(''), header: () => undefined }, baseUrl), null);
  });
});
