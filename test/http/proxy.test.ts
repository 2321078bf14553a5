import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { openExchange } from '../../src/http/exchange.ts';
import { proxyFor } from '../../src/http/proxy.ts';

test('hosts of NO_PROXY and plain http are reached directly', () => {
  const proxy = 'http://proxy.example:3128';
  const url = new URL('https://login.idp.example/');
  assert.equal(proxyFor(url, { HTTPS_PROXY: proxy }), proxy);
  assert.equal(proxyFor(new URL('http://127.0.0.1:1/'), { HTTPS_PROXY: proxy }), null);
  for (const NO_PROXY of ['*', 'login.idp.example', '.idp.example', 'x, idp.example:443']) {
    assert.equal(proxyFor(url, { https_proxy: proxy, NO_PROXY }), null, NO_PROXY);
  }
  assert.equal(proxyFor(url, { HTTPS_PROXY: proxy, NO_PROXY: 'p.example,idp.example:8443' }), proxy);
});

test('NO_PROXY is read as curl and Go read it', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.1.2.3', '10.0.0.0/8', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.3:443', true],
    ['10.1.2.3', '10.1.2.3:8443', false],
    ['10.1.2.30', '10.1.2.3', false],
    ['[fd00::1]', '[fd00::1]', true],
    ['[fd00::1]', 'fd00::1', true],
    ['[fd00::1]', 'fd00:0:0::1', true],
    ['[fd00::1]', '[fd00::1]:443', true],
    ['[fd00::1]', '[fd00::1]:1', false],
    ['[fd00::1]', 'fd00::/8', true],
    ['[fe80::1]', 'fd00::/8', false],
    ['[fd00::1]', '10.0.0.0/8', false],
    ['idp.example', 'a.example idp.example', true],
    ['idp.example', 'a.example,  idp.example', true],
    ['idp.example', 'a.example\tidp.example', true],
    ['IDP.example', 'idp.EXAMPLE', true],
    ['idp.example.', 'idp.example', true],
    ['idp.example', 'idp.example.', true],
    ['login.idp.example', '*.idp.example', true],
    ['badidp.example', 'idp.example', false],
    ['idp.example', '10.0.0.0/8', false],
    ['idp.example', '999.0.0.0/8, /8, :443, ,', false],
    ['localhost', '', true],
    ['127.0.0.1', '', true],
    ['[::1]', '', true],
  ];
  for (const [host, NO_PROXY, direct] of cases) {
    const proxy = proxyFor(new URL(`https://${host}/`), { HTTPS_PROXY: 'proxy.example:3128', NO_PROXY });
    assert.equal(proxy, direct ? null : 'http://proxy.example:3128', `${host} with ${NO_PROXY}`);
  }
  for (const wrong of ['socks5://proxy.example', 'http://', '::']) {
    assert.throws(() => proxyFor(new URL('https://idp.example'), { HTTPS_PROXY: wrong }), /HTTPS_PROXY/);
  }
});

test('a request over https asks the proxy of the environment for its host', async () => {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  const { port } = proxy.address() as AddressInfo;
  const before = { HTTPS_PROXY: process.env.HTTPS_PROXY, NO_PROXY: process.env.NO_PROXY };
  process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
  process.env.NO_PROXY = '';
  try {
    const exchange = openExchange({ party: 'the provider', baseUrl: 'https://idp.invalid', timeoutMs: 5_000 });
    const url = new URL('https://idp.invalid/users');
    const request = { method: 'GET', route: '/users', isLink: false, url, kind: 'listing', headers: {} } as const;
    const call = { signal: new AbortController().signal, deadline: 0, count: () => undefined };
    await assert.rejects(exchange(request, call), (error) => isFailure(error) && error.kind === 'unavailable');
    assert.deepEqual(asked, ['idp.invalid:443']);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    proxy.close();
  }
});

test('a server that never answers is unavailable after the time allowed', async () => {
  const silent = createTcpServer();
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const { port } = silent.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  const exchange = openExchange({ party: 'the provider', baseUrl, timeoutMs: 200 });
  const url = new URL(`${baseUrl}/users`);
  const request = { method: 'GET', route: '/users', isLink: false, url, kind: 'listing', headers: {} } as const;
  const controller = new AbortController();
  const call = { signal: controller.signal, deadline: 0, count: () => undefined };
  await assert.rejects(exchange(request, call), /does not answer GET \/users \(ETIMEDOUT\)/);
  silent.close();
});
