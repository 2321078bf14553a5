import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { abilities } from '../../core/abilities.ts';
import { Failure } from '../../core/failure.ts';
import { isLoopback } from '../../core/loopback.ts';
import { adoptToken, listTokens } from '../../ledger/access/tokens.ts';
import type { Ledger } from '../../ledger/open.ts';
import { createApi } from '../create-api.ts';
import type { ApiParts } from '../parts.ts';
import { grantLocalAccess } from './grant-access.ts';
import { cannotListen } from './listen-address.ts';
import { openTls, type TlsFiles } from './tls.ts';

/** Where to listen and who may call. `token` is one the installation was given (ATTUNE_TOKEN), for use from elsewhere. */
export type ServeOptions = {
  readonly host: string;
  readonly port: number;
  /** Where the first token and the address are left for the commands of this machine; null leaves nothing. */
  readonly dataDir: string | null;
  readonly token: string | undefined;
  readonly logger?: FastifyBaseLogger;
  /** Host names a proxy passes on, beside those of this machine; undefined where none are given (ATTUNE_HOSTS). */
  readonly hosts?: string | undefined;
  /** The certificate to encrypt with (ATTUNE_TLS_CERT, ATTUNE_TLS_KEY); null speaks plain HTTP. */
  readonly tls?: TlsFiles | null;
  /**
   * Plain HTTP beyond this machine is intended, because an encrypting proxy is in front of it (ATTUNE_BEHIND_PROXY).
   */
  readonly behindProxy?: boolean;
};

/**
 * Serves the API until `close`. Beyond the loopback it listens only if there is a token, and with TLS unless a proxy
 * provides that.
 */
export const serveApi = async (
  parts: ApiParts,
  options: ServeOptions,
): Promise<{ url: string; close: () => Promise<void> }> => {
  const { host, port, dataDir, token, logger, hosts, tls = null, behindProxy = false } = options;
  if (token !== undefined) await adoptGiven(parts.ledger, token);
  if (!isLoopback(host) && (await listTokens(parts.ledger)).length === 0) {
    throw new Failure('config', 'The API does not listen beyond this machine until there is a token.', {
      remedy: "Set ATTUNE_TOKEN, or start on 127.0.0.1 once and run 'attune token add'.",
    });
  }
  if (!isLoopback(host) && tls === null && !behindProxy) {
    throw new Failure(
      'config',
      'The API does not speak plain HTTP beyond this machine: tokens could be read on the way.',
      {
        remedy:
          'Give it a certificate (ATTUNE_TLS_CERT, ATTUNE_TLS_KEY), or set ATTUNE_BEHIND_PROXY=true if a reverse proxy with TLS is in front of it.',
      },
    );
  }
  const encryption = tls === null ? null : await openTls(tls, (text) => api.log.warn(text));
  const api = await createApi(parts, {
    hosts: hostsOf(host, hosts),
    tls: encryption,
    ...(logger === undefined ? {} : { logger }),
  });
  try {
    await api.listen({ host, port });
  } catch (cause) {
    encryption?.close();
    await api.close();
    throw cannotListen({ host, port }, cause);
  }
  const url = addressOf(api.addresses()[0], tls === null ? 'http' : 'https');
  const close = async (): Promise<void> => {
    encryption?.close();
    await api.close();
  };
  try {
    if (dataDir !== null) await grantLocalAccess(parts.ledger, dataDir, url);
  } catch (error) {
    // Nobody may call what is about to lose its ledger.
    await close();
    throw error;
  }
  return { url, close };
};

/** The host names to answer to: any, where the API listens beyond this machine and none are given. */
const hostsOf = (host: string, given: string | undefined): ReadonlySet<string> | null => {
  const named = (given ?? '').split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim().toLowerCase()]));
  if (named.length === 0 && !isLoopback(host)) return null;
  return new Set(['localhost', '127.0.0.1', '[::1]', host.includes(':') ? `[${host}]` : host, ...named]);
};

const adoptGiven = async (ledger: Ledger, text: string): Promise<void> => {
  if (!/^[\w~.+/-]{32,}=*$/.test(text)) {
    throw new Failure('config', 'ATTUNE_TOKEN cannot be used as a token.', {
      remedy: 'Use at least 32 random characters: letters, digits or any of ~ . + / _ -',
    });
  }
  await adoptToken(ledger, { name: 'environment', text, can: abilities, createdBy: 'environment' });
};

/** The address to call: what listens everywhere is reached on the loopback. */
const addressOf = (bound: AddressInfo | string | undefined, scheme: 'http' | 'https'): string => {
  if (bound === undefined || typeof bound === 'string') throw new Error('the API listens nowhere');
  const { address, port } = bound;
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
};
