import { setTimeout as sleep } from 'node:timers/promises';
import { readAccess } from '../../client/access-file.ts';
import { type Client, createClient } from '../../client/client.ts';
import { Failure } from '../../core/failure.ts';
import type { Cli } from '../act.ts';
import { dataDirOf } from '../connection.ts';
import type { ExitCode } from '../exit-code.ts';
import { stopAsked } from '../stop.ts';
import { leave, openServer } from './serve.ts';

/** How long a command that was asked to stop may take to say how its run ended. */
const farewellMs = 4_000;

/**
 * Starts everything in this process for the time of one command, on any free port of this machine. The command is told
 * when it should stop; what it has not ended then is handed over to the next start from the same directory.
 */
export const withServer = async (
  cli: Cli,
  file: string | null,
  command: (client: Client, asked: Promise<void>) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const asked = stopAsked();
  const env = { ...cli.io.env, ATTUNE_HOST: '127.0.0.1', ATTUNE_PORT: '0' };
  const local = { ...cli, io: { ...cli.io, env } };
  const { server: starting, stack, broken } = await openServer(local, { parts: { worker: true, api: true }, file });
  const handOver = async (): Promise<ExitCode> => {
    await asked;
    await sleep(farewellMs);
    cli.io.err('attune: stopped before the run had ended; the next start from this data directory will end it.');
    return 1;
  };
  try {
    const server = await Promise.race([starting, asked, broken]);
    if (server === undefined) return 1;
    const access = await readAccess(dataDirOf(env));
    if (access === null) throw new Failure('config', 'The data directory cannot be read.');
    return await Promise.race([
      command(createClient(access), asked),
      server.ended.then(() => 1 as const),
      broken,
      handOver(),
    ]);
  } finally {
    await stack.close();
    leave();
  }
};
