import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { Failure } from '../core/failure.ts';

/** Connections to one Temporal server, for starting workflows and for working on them. */
export type TemporalConnections = {
  readonly client: Client;
  readonly worker: NativeConnection;
  readonly namespace: string;
  readonly close: () => Promise<void>;
};

/** An admin who gave a wrong address waits no longer than this for the sentence that says so. */
const connectMs = 5_000;

/**
 * Connects by Temporal's own environment settings (address, namespace, TLS, API key), or to the embedded server's
 * address when one is given.
 */
export const connectTemporal = async (embedded: string | null): Promise<TemporalConnections> => {
  const { connectionOptions, namespace = 'default' } =
    embedded === null ? loadClientConnectConfig() : { connectionOptions: { address: embedded } };
  const address = connectionOptions.address ?? '127.0.0.1:7233';
  try {
    const connection = await Connection.connect({ connectTimeout: connectMs, ...connectionOptions });
    const worker = await NativeConnection.connect(connectionOptions);
    return {
      client: new Client({ connection, namespace }),
      worker,
      namespace,
      close: async () => {
        await worker.close();
        await connection.close();
      },
    };
  } catch (cause) {
    throw new Failure('unavailable', `The Temporal server at ${address} cannot be reached.`, {
      remedy: 'Check that it is running and that TEMPORAL_ADDRESS and the TLS settings are right.',
      cause,
    });
  }
};
