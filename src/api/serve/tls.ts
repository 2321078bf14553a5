import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { Failure } from '../../core/failure.ts';

/** The files of a certificate chain and its key, in PEM. */
export type TlsFiles = { readonly cert: string; readonly key: string };

/** The files that ATTUNE_TLS_CERT and ATTUNE_TLS_KEY name; null where neither is set. */
export const tlsFiles = ({ ATTUNE_TLS_CERT: cert, ATTUNE_TLS_KEY: key }: NodeJS.ProcessEnv): TlsFiles | null => {
  if (cert === undefined && key === undefined) return null;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new Failure('config', 'Only one of ATTUNE_TLS_CERT and ATTUNE_TLS_KEY is set.', {
    remedy: 'Name both files: the certificate chain and its key, in PEM.',
  });
};

/** How often the files are looked at: a renewed certificate is served within this time. */
const lookEveryMs = 5_000;

/** Encrypts with the certificate of these files, read again when they change; what cannot be used then leaves the last one. */
export type Tls = {
  readonly createServer: (handler: RequestListener, options: ServerOptions) => Server;
  readonly close: () => void;
};

/** Reads the certificate; throws `config` when it cannot be used. `refused` is told when a renewed one cannot. */
export const openTls = async (files: TlsFiles, refused: (text: string) => void): Promise<Tls> => {
  const servers = new Set<Server>();
  let present = await read(files);
  const renew = async (): Promise<void> => {
    try {
      present = await read(files);
      for (const server of servers) server.setSecureContext(present);
    } catch (error) {
      refused(error instanceof Failure ? error.sentence : 'The renewed certificate cannot be read.');
    }
  };
  const looked = (): void => void renew();
  for (const file of Object.values(files)) watchFile(file, { interval: lookEveryMs, persistent: false }, looked);
  return {
    createServer: (handler, options) => {
      const server = createServer({ ...options, ...present, minVersion: 'TLSv1.2' }, handler);
      servers.add(server);
      return server;
    },
    close: () => {
      for (const file of Object.values(files)) unwatchFile(file, looked);
    },
  };
};

const read = async (files: TlsFiles): Promise<{ readonly cert: Buffer; readonly key: Buffer }> => {
  try {
    const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (cause) {
    throw new Failure('config', `The certificate in ${files.cert} with the key in ${files.key} cannot be used.`, {
      remedy:
        'ATTUNE_TLS_CERT and ATTUNE_TLS_KEY must name readable PEM files with a chain and its key, without a passphrase.',
      cause,
    });
  }
};
