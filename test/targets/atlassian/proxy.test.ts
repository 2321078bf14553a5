import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from '../../../src/targets/atlassian/proxy.ts';

const proxy = 'http://proxy.example:3128';
const jira = new URL('https://jira.eu.acme.example/');

test('the proxy of the environment is used, in either spelling', () => {
  assert.equal(proxyFor(jira, { HTTPS_PROXY: proxy }), proxy);
  assert.equal(proxyFor(jira, { https_proxy: proxy }), proxy);
  assert.equal(proxyFor(jira, {}), null);
  assert.equal(proxyFor(new URL('http://127.0.0.1:8080/'), { HTTPS_PROXY: proxy }), null);
});

test('NO_PROXY names hosts, domains and ports', () => {
  const without = (NO_PROXY: string) => proxyFor(jira, { HTTPS_PROXY: proxy, NO_PROXY });
  for (const entry of [
    '*',
    'jira.eu.acme.example',
    '.acme.example',
    'acme.example',
    '*.acme.example',
    'x, acme.example:443',
  ]) {
    assert.equal(without(entry), null, entry);
  }
  for (const entry of ['', 'cme.example', 'acme.example:8443', 'other.example', ',']) {
    assert.equal(without(entry), proxy, entry);
  }
});
