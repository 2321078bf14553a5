import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from '../../core/failure.ts';

/** Where the API listens: ATTUNE_HOST and ATTUNE_PORT. */
export type ListenAddress = { readonly host: string; readonly port: number };

/** Reads the address: this machine alone and port 8099 unless they say otherwise. */
export const listenAddress = (env: NodeJS.ProcessEnv): ListenAddress => {
  const port = Number(env.ATTUNE_PORT ?? '8099');
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { host: env.ATTUNE_HOST ?? '127.0.0.1', port };
  throw new Failure('config', 'ATTUNE_PORT is not a port number.', { remedy: 'Set it to a number up to 65535.' });
};

/** Refuses an address that cannot be listened on before anything is set up for it. */
export const expectFree = async ({ host, port }: ListenAddress): Promise<void> => {
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, 'listening');
  } catch (cause) {
    throw cannotListen({ host, port }, cause);
  } finally {
    probe.close();
  }
};

/** The failure of an address that cannot be listened on, by Node's code of the error (errno(3)). */
export const cannotListen = ({ host, port }: ListenAddress, cause: unknown): Failure => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  const [why, remedy] =
    code === 'EADDRINUSE'
      ? [
          'the port is taken',
          'Stop the program that listens there, or set ATTUNE_PORT to another port (0 for any free one)',
        ]
      : code === 'EACCES'
        ? ['this user may not listen there', 'Set ATTUNE_PORT to a port above 1023']
        : ['this machine has no such address', 'Set ATTUNE_HOST to an address of this machine, or do not set it'];
  return new Failure('config', `The API cannot listen on ${host}, port ${port}: ${why}.`, {
    remedy: `${remedy}.`,
    cause,
  });
};
