import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import { sessionCookie } from '../../src/api/auth.ts';
import { createApi } from '../../src/api/create-api.ts';
import type { Api, ApiParts } from '../../src/api/parts.ts';
import { serveApi } from '../../src/api/serve/serve-api.ts';
import { abilities } from '../../src/core/abilities.ts';
import { Failure } from '../../src/core/failure.ts';
import { addToken } from '../../src/ledger/access/tokens.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { apiParts } from '../fixtures/api.ts';
import { freshDatabase } from '../fixtures/database.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

describe('the edge of the API', () => {
  let ledger: Ledger;
  let parts: ApiParts;
  let asked: unknown[] = [];
  let api: Api;
  let token = '';
  let close = async (): Promise<void> => undefined;
  const logged: string[] = [];
  before(async () => {
    ({ ledger, close } = await freshDatabase());
    ({ parts, asked } = await apiParts(ledger));
    token = await addToken(ledger, { name: 'ada', can: abilities, createdBy: 'test' });
    const logger = pino({ level: 'debug', base: null }, { write: (line) => void logged.push(line) });
    api = await createApi(parts, { logger });
  });
  after(async () => {
    await api.close();
    await close();
  });
  const headers = () => ({ authorization: `Bearer ${token}` });

  it('answers a bad address with problem details that do not repeat it', async () => {
    const canary = 'canary';
    const addresses: [string, number][] = [
      [`/api/connectors/${canary.repeat(1_000)}`, 414],
      [`/api/connectors/${canary}%ff`, 400],
      [`/api/connectors/${canary}%`, 400],
      [`/api/connectors/${canary}%00`, 400],
      [`/api/runs/${canary}%00/changes`, 400],
      [`/api/runs?connector=${canary}%00`, 400],
      [`/api/runs?${canary}%00=1`, 400],
      ['/api/connectors/acme/versions/99999999999', 400],
      [`/api/${canary}`, 404],
      [`/${canary}`, 404],
    ];
    for (const [url, status] of addresses) {
      const answer = await api.inject({ url, headers: headers() });
      assert.equal(answer.statusCode, status, `${url.slice(0, 60)} ${answer.body}`);
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
      assert.match(answer.json().type, /^urn:attune:problem:/);
      assert.doesNotMatch(answer.body, /canary/);
    }
  });

  it('refuses text that PostgreSQL cannot hold, wherever it stands in a body', async () => {
    const post = (url: string, payload: string) =>
      api.inject({ method: 'POST', url, payload, headers: { ...headers(), 'content-type': 'application/json' } });
    const bodies: [string, string][] = [
      ['/api/connectors/acme/runs', String.raw`{"user":"ada\u0000"}`],
      ['/api/connectors/acme/rollback', String.raw`{"to":1,"comment":"half \ud800"}`],
      ['/api/connectors/acme/validate', String.raw`{"definition":{"connector":{"x\u0000":[{"y":1}]},"targets":{}}}`],
    ];
    for (const [url, body] of bodies) {
      const answer = await post(url, body);
      assert.equal(answer.statusCode, 400, answer.body);
      assert.deepEqual(answer.json().errors[0].path, 'body');
    }
  });

  it('answers whatever is sent to whichever route, never by an error of its own', async () => {
    const nobody = async (): Promise<never> => {
      throw new Failure('notFound', 'Nobody is asked here.');
    };
    const starter = { ...parts.starter, ask: nobody, findUser: nobody };
    const tried = await createApi({ ...parts, starter });
    await tried.ready();
    const parameter = z.object({ in: z.string(), name: z.string() });
    const operation = z.object({ parameters: z.array(parameter).default([]) });
    const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) }).parse(tried.swagger());
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([name, { parameters }]) => {
        const method = methods.find((one) => one.toLowerCase() === name);
        const query = parameters.flatMap((one) => (one.in === 'query' ? [one.name] : []));
        return method === undefined ? [] : [{ path, method, query }];
      }),
    );
    const routes = described.filter(({ path }) => !path.endsWith('/events') && path !== '/metrics');
    assert.ok(routes.length > 50);
    const texts = [
      'canary',
      '..%2f..%2fcanary',
      "canary'--",
      '%F0%9F%92%A9',
      '-1',
      'NaN',
      '__proto__',
      '%E2%80%AEcanary',
    ];
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const bodies = [
      ...['', 'null', '[]', '"canary"', '1e999', '{"__proto__":{"canary":1}}', '{"constructor":{"prototype":1}}'],
      ...[
        '{"user":"canary","user":{}}',
        '{"user":[[["canary"]]],"comment":{},"to":"canary","text":7}',
        '{canary',
        deep,
      ],
    ];
    const failed: string[] = [];
    const ask = async (method: (typeof methods)[number], url: string, payload?: string, type = 'application/json') => {
      const answer = await tried.inject({
        method,
        url,
        headers: { ...headers(), ...(payload === undefined ? {} : { 'content-type': type }) },
        ...(payload === undefined ? {} : { payload }),
      });
      const isProblem = /^application\/problem\+json/.test(String(answer.headers['content-type']));
      if (answer.statusCode === 500 || (answer.statusCode >= 400 && !isProblem)) {
        failed.push(
          `${method} ${url.slice(0, 80)} ${payload?.slice(0, 40)}: ${answer.statusCode} ${answer.body.slice(0, 200)}`,
        );
      }
    };
    for (const { method, path, query } of routes) {
      for (const text of texts)
        await ask(method, path.replaceAll(/\{\w+\}/g, text), method === 'GET' ? undefined : '{}');
      const url = path.replaceAll(/\{\w+\}/g, 'acme');
      for (const name of [...query, 'canary']) {
        for (const text of ['', 'canary', '%00', '1e309', '-1']) await ask(method, `${url}?${name}=${text}&${name}=2`);
      }
      if (method === 'GET') continue;
      for (const body of bodies) await ask(method, url, body);
      for (const type of [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=canary',
        'application/json; charset=utf-16',
      ]) {
        await ask(method, url, '{}', type);
      }
    }
    await tried.close();
    assert.deepEqual(failed, []);
  });

  it('does not repeat a key that it does not know', async () => {
    const payload = { canaryKey: 1, mode: 'full' };
    const answer = await api.inject({ method: 'POST', url: '/api/connectors/acme/runs', headers: headers(), payload });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.body, /has an unknown part/);
    assert.doesNotMatch(answer.body, /canary/);
  });

  it('logs every call by its route, refused tokens too, and no address, token or value', async () => {
    logged.length = 0;
    await api.inject({ url: '/api/runs/canary-run', headers: headers() });
    await api.inject({ url: '/api/runs/canary-run', headers: { authorization: 'Bearer canary-token' } });
    const reader = await addToken(ledger, { name: 'reader', can: ['read'], createdBy: 'test' });
    await api.inject({
      method: 'POST',
      url: '/api/runs/canary-run/approve',
      headers: { authorization: `Bearer ${reader}` },
    });
    const broken = { ...parts, progress: () => Promise.reject(new Error('canary in a message')) };
    const logger = pino({ level: 'debug', base: null }, { write: (line) => void logged.push(line) });
    const failing = await createApi(broken, { logger });
    await failing.inject({ method: 'POST', url: '/api/connectors/acme/runs', headers: headers() });
    await failing.inject({ url: '/api/runs/run-1', headers: headers() });
    await failing.close();
    const lines = logged.map((line) => JSON.parse(line));
    const has = (part: object) =>
      assert.ok(
        lines.some((line) => Object.entries(part).every(([key, value]) => line[key] === value)),
        `${JSON.stringify(part)} in ${logged.join('')}`,
      );
    has({ level: 20, method: 'GET', route: '/api/runs/:id', who: 'ada', status: 404 });
    has({ level: 40, msg: 'a call without a valid token', route: '/api/runs/:id', from: '127.0.0.1', given: true });
    has({ level: 40, msg: 'a call that its token does not allow', who: 'reader', lacks: 'approve' });
    has({ level: 50, msg: 'request failed', route: '/api/runs/:id' });
    assert.ok(lines.some(({ level, error }) => level === 50 && error.stack.length > 0));
    assert.doesNotMatch(logged.join(''), /canary|attune_[\w-]{10}/);
  });

  it('does not warn of a browser that asks whether it is signed in, and does of a token or a call without one', async () => {
    const warned = async (call: object): Promise<number> => {
      logged.length = 0;
      assert.equal((await api.inject(call)).statusCode, 401);
      return logged.filter((line) => JSON.parse(line).level >= 40).length;
    };
    const url = '/api/session';
    assert.equal(await warned({ url }), 0, 'the first page of a browser that has never signed in');
    assert.equal(
      await warned({ url, headers: { cookie: `${sessionCookie}=ended` } }),
      0,
      'one whose session has ended',
    );
    assert.equal(await warned({ url, headers: { authorization: 'Bearer guessed' } }), 1);
    assert.equal(await warned({ method: 'DELETE', url }), 1);
    assert.equal(await warned({ url: '/api/runs' }), 1);
    assert.equal(await warned({ url: '/api/runs', headers: { cookie: `${sessionCookie}=guessed` } }), 1);
  });

  it('on this machine answers to its own names alone, and to those a proxy passes on', async () => {
    const served = (host: string, hosts?: string) =>
      serveApi(parts, { host, port: 0, dataDir: null, token: 'given-token'.repeat(4), hosts, behindProxy: true });
    const status = async (url: string, host: string): Promise<number> => {
      const { port } = new URL(url);
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      return Number(answer.split(' ')[1]);
    };
    const local = await served('127.0.0.1');
    for (const host of ['127.0.0.1:8099', 'localhost', 'LOCALHOST:1', '[::1]:8099']) {
      assert.equal(await status(local.url, host), 200, host);
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8099', '']) {
      assert.notEqual(await status(local.url, host), 200, host);
    }
    assert.equal(await status(local.url, 'evil.example'), 421);
    await local.close();
    const proxied = await served('127.0.0.1', 'attune.acme.example, other.example');
    assert.equal(await status(proxied.url, 'attune.acme.example'), 200);
    assert.equal(await status(proxied.url, 'evil.example'), 421);
    await proxied.close();
    const everywhere = await served('0.0.0.0');
    assert.equal(await status(everywhere.url, 'attune.acme.example'), 200);
    await everywhere.close();
  });

  it('ends a request whose body or header never ends, and answers what is no HTTP', async () => {
    const patient = await createApi(parts, { arrivalMs: 300 });
    await patient.listen({ port: 0, host: '127.0.0.1' });
    const address = patient.addresses()[0];
    assert.ok(address !== undefined && typeof address !== 'string');
    const said = async (text: string): Promise<string> => {
      const socket = connect(address.port, '127.0.0.1');
      socket.write(text);
      let answer = '';
      socket.on('data', (chunk) => {
        answer += String(chunk);
      });
      await once(socket, 'close');
      return answer;
    };
    const head = `POST /api/connectors/acme/runs HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n`;
    const unfinished = await said(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`);
    assert.match(unfinished, /^HTTP\/1\.1 408 Request Timeout\r\ncontent-type: application\/problem\+json/);
    assert.match(await said(head), /^HTTP\/1\.1 408 /);
    assert.match(await said('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 .*urn:attune:problem:malformed/s);
    assert.match(await said(`${head}x: ${'y'.repeat(100_000)}\r\n\r\n`), /^HTTP\/1\.1 431 .*too long/s);
    await patient.close();
  });

  it('gives one run to any number of equal starts at once with one idempotency key', async () => {
    asked.length = 0;
    const slow = await createApi({
      ...parts,
      starter: {
        ...parts.starter,
        startSyncUser: async (request) => {
          await sleep(50);
          return parts.starter.startSyncUser(request);
        },
      },
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        slow.inject({
          method: 'POST',
          url: '/api/connectors/acme/runs',
          payload: { user: 'ada@acme.example' },
          headers: { ...headers(), 'idempotency-key': 'once' },
        }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ statusCode }) => statusCode)), new Set([202]));
    assert.equal(new Set(answers.map((answer) => answer.json().run)).size, 1);
    assert.equal(asked.length, 1);
    await slow.close();
  });
});
