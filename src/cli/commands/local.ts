import { readAccess } from '../../client/access-file.ts';
import { type Client, createClient } from '../../client/client.ts';
import { Failure } from '../../core/failure.ts';
import type { Cli } from '../act.ts';
import { dataDirOf } from '../connection.ts';
import type { ExitCode } from '../exit-code.ts';
import { openServer } from './serve.ts';

/** Starts everything in this process for the time of one command, on any free port of this machine. */
export const withServer = async (
  cli: Cli,
  file: string | null,
  command: (client: Client) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const env = { ...cli.io.env, ATTUNE_HOST: '127.0.0.1', ATTUNE_PORT: '0' };
  const local = { ...cli, io: { ...cli.io, env } };
  const server = await openServer(local, { parts: { worker: true, api: true }, file });
  try {
    const access = await readAccess(dataDirOf(env));
    if (access === null) throw new Failure('config', 'The data directory cannot be read back.');
    return await command(createClient(access));
  } finally {
    await server.close();
  }
};
