import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Failure } from '../core/failure.ts';

/** Where a Temporal server is and how to talk to it. */
export type TemporalAddress = {
  readonly options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  readonly namespace: string;
};

/** A connection for starting workflows and asking about them. */
export type TemporalClient = {
  readonly client: Client;
  readonly namespace: string;
  readonly close: () => Promise<void>;
};

/** An admin who gave a wrong address waits no longer than this for the sentence that says so. */
const connectMs = 5_000;

/** The server that Temporal's own environment settings name (address, namespace, TLS, API key), or the embedded one. */
export const temporalAddress = (embedded: string | null): TemporalAddress => {
  if (embedded !== null) return { options: { address: embedded }, namespace: 'default' };
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  return { options: connectionOptions, namespace };
};

/** Connects for starting workflows. */
export const connectClient = async ({ options, namespace }: TemporalAddress): Promise<TemporalClient> => {
  try {
    const connection = await Connection.connect({ connectTimeout: connectMs, ...options });
    return { client: new Client({ connection, namespace }), namespace, close: () => connection.close() };
  } catch (cause) {
    throw unreachable({ options, namespace }, cause);
  }
};

/** The failure of a server that does not answer at its address. */
export const unreachable = ({ options }: TemporalAddress, cause: unknown): Failure =>
  new Failure('unavailable', `The Temporal server at ${options.address ?? '127.0.0.1:7233'} cannot be reached.`, {
    remedy: 'Check that it is running and that TEMPORAL_ADDRESS and the TLS settings are right.',
    cause,
  });
