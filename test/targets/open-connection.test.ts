import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../src/core/failure.ts';
import { openConnection } from '../../src/targets/atlassian/open-connection.ts';
import { newJar } from '../../src/targets/atlassian/sign-in/cookies.ts';
import { countingCall } from './fixtures/product.ts';
import { serving } from './fixtures/serve.ts';

test('cookies come back with the next request of the same jar, below the product’s path', async () => {
  await serving(
    (request, response) => {
      response.setHeader('Set-Cookie', ['JSESSIONID=1; Path=/jira; HttpOnly', 'route=node2; Path=/']);
      response.end(`${request.url} ${request.headers.cookie ?? ''}`);
    },
    async (url) => {
      const { connection } = openConnection({ url: `${url}/jira` }, 'Jira');
      const jar = newJar();
      const { call, counts } = countingCall();
      const request = {
        method: 'GET',
        route: '/x/{key}',
        params: { key: 'a/b c' },
        query: { q: 'ä&' },
        kind: 'read',
      } as const;
      assert.equal((await connection.send(request, jar, call)).text, '/jira/x/a%2Fb%20c?q=%C3%A4%26 ');
      assert.match((await connection.send(request, jar, call)).text, /JSESSIONID=1; route=node2$/);
      assert.doesNotMatch((await connection.send(request, newJar(), call)).text, /JSESSIONID/);
      assert.equal(counts.read, 3);
    },
  );
});

test('a redirect is an answer; 429 and 5xx are failures that name the route only', async () => {
  await serving(
    (request, response) => {
      const status = Number(request.url?.split('/').at(-1)?.slice(0, 3));
      response.writeHead(status, { location: 'http://elsewhere.example/', 'retry-after': '1.5' }).end('<html></html>');
    },
    async (url) => {
      const { connection } = openConnection({ url }, 'Jira');
      const call = { ...countingCall().call, deadline: Date.now() };
      const get = (code: string) =>
        connection.send({ method: 'GET', route: '/{code}', params: { code }, kind: 'read' }, newJar(), call);
      assert.equal((await get('302')).header('location'), 'http://elsewhere.example/');
      await assert.rejects(
        get('429'),
        (error) => isFailure(error) && error.kind === 'throttled' && error.facts.waitMs === 1500,
      );
      await assert.rejects(get('503'), (error: Error) => /GET \/\{code\}/.test(error.message));
    },
  );
});

test('a short wait is waited in place, each request counted', async () => {
  let left = 2;
  await serving(
    (_, response) => {
      left -= 1;
      response.writeHead(left >= 0 ? 429 : 200, { 'retry-after': '0' }).end('page');
    },
    async (url) => {
      const { call, counts } = countingCall();
      const answer = await openConnection({ url }, 'Jira').connection.send(
        { method: 'GET', route: '/', kind: 'read' },
        newJar(),
        call,
      );
      assert.equal(answer.text, 'page');
      assert.equal(counts.read, 3);
    },
  );
});

test('nobody there is unavailable; an abort passes through as it is', async () => {
  const { connection } = openConnection({ url: 'http://127.0.0.1:1' }, 'Jira');
  const request = { method: 'GET', route: '/', kind: 'read' } as const;
  await assert.rejects(connection.send(request, newJar(), countingCall().call), { kind: 'unavailable' });
  await serving(
    () => undefined,
    async (url) => {
      const abort = new AbortController();
      const sent = openConnection({ url }, 'Jira').connection.send(request, newJar(), countingCall(abort.signal).call);
      setTimeout(() => abort.abort(), 20);
      await assert.rejects(sent, { name: 'AbortError' });
    },
  );
});
