import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answer } from './answer.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { SandboxRequest, Service } from './service.ts';

/** A stand-in that listens. */
export type RunningService = { url: string; close(): Promise<void> };

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const readCookies = (header: string | undefined): Map<string, string> =>
  new Map(
    (header ?? '').split(';').flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
    }),
  );

const readRequest = async (incoming: IncomingMessage, origin: string, socketId: number): Promise<SandboxRequest> => {
  const url = new URL(`${origin}${incoming.url ?? '/'}`);
  const body = await readBody(incoming);
  return {
    method: incoming.method ?? 'GET',
    url,
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    form: () => new URLSearchParams(body.toString('utf8')),
    json: () => JSON.parse(body.toString('utf8')),
    cookies: readCookies(incoming.headers.cookie),
    socketId,
  };
};

/** Listens for one stand-in on 127.0.0.1, keeps its journal and puts its faults into effect. */
export const startService = async (
  service: Service,
  { port = 0, journal, faults }: { port?: number; journal: Journal; faults: Faults },
): Promise<RunningService> => {
  const sockets = new Map<Socket, number>();
  let opened = 0;
  let origin = '';
  const server = createServer((incoming, outgoing) => {
    const socketId = sockets.get(incoming.socket) ?? 0;
    readRequest(incoming, origin, socketId)
      .then((request) => answer({ service, request, outgoing, journal, faults }))
      .catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 30_000;
  server.on('connection', (socket) => {
    opened += 1;
    sockets.set(socket, opened);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox got no port to listen on.');
  origin = `http://127.0.0.1:${address.port}`;
  return {
    url: origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets.keys()) socket.destroy();
      }),
  };
};
