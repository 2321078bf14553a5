import { randomBytes } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { Api } from './parts.ts';

/** The addresses of the console's pages; each is answered with the same file, whose program shows the page. */
const pages = ['/', '/login', '/connectors', '/runs', '/people', '/targets', '/history', '/settings'];

const open = { config: { can: 'open' }, schema: { hide: true } } as const;

/** Says in every answer, refusals included, what a browser must not make of it. */
export const forbidMisuse = (app: Api): void => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': noPage,
    });
  });
};

/** Serves the console's built pages from the API's own port. The page itself holds nothing: all it shows it asks the API for. */
export const serveConsole = async (app: Api, folder: string | null): Promise<void> => {
  const show = async (_request: unknown, reply: FastifyReply): Promise<FastifyReply> => {
    // Read at each visit: newly built pages are served at once, with the assets that belong to them.
    const page = folder === null ? null : await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
    if (page === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
    const nonce = randomBytes(18).toString('base64url');
    return reply
      .header('content-security-policy', policyOf(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll('__NONCE__', nonce));
  };
  for (const address of pages) {
    app.get(address, open, show);
    if (address !== '/' && address !== '/login') app.get(`${address}/*`, open, show);
  }
  if (folder === null || !(await stands(folder))) return;
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true, cacheControl: false });
  app.get<{ Params: { '*': string } }>('/assets/*', open, (request, reply) =>
    // A name holds the digest of what it names: it never changes.
    reply.header('cache-control', 'public, max-age=31536000, immutable').sendFile(`assets/${request.params['*']}`),
  );
};

const stands = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );

const notBuilt = `The console's pages are not built: run 'npm run console', and restart Attune if they were never built before.
The API works without them; see /openapi.json.
`;

/** For answers that are not pages: nothing in them may run, wherever a browser is made to show them. */
const noPage = "default-src 'none'; frame-ancestors 'none'";

/** Content Security Policy 3 with Trusted Types. The nonce serves the one style element the expression editor makes. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types attune',
  ].join('; ');
