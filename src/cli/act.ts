import type { Command } from 'commander';
import { type Client, createClient } from '../client/client.ts';
import { isFailure } from '../core/failure.ts';
import { findAccess } from './connection.ts';
import type { ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** Options every command has that prints something a program may read. */
export type JsonOption = { readonly json?: boolean };

/** Where commands are registered: the program and its version, what they write to, and where their exit code goes. */
export type Cli = {
  readonly program: Command;
  readonly version: string;
  readonly io: Io;
  readonly exit: (code: ExitCode) => void;
};

/** Runs a command that talks to the API and turns its end into an exit code; a failure is a sentence, never a trace. */
export const act = async (
  { io, exit }: Pick<Cli, 'io' | 'exit'>,
  { json = false }: JsonOption,
  command: (client: Client) => Promise<ExitCode>,
): Promise<void> => actLocally({ io, exit }, { json }, async () => command(createClient(await findAccess(io.env))));

/** The same for a command that needs no API. */
export const actLocally = async (
  { io, exit }: Pick<Cli, 'io' | 'exit'>,
  { json = false }: JsonOption,
  command: () => Promise<ExitCode>,
): Promise<void> => {
  try {
    exit(await command());
  } catch (error) {
    if (!isFailure(error)) throw error;
    if (json) io.out(JSON.stringify({ error: { kind: error.kind, message: error.sentence } }));
    else io.err(`attune: ${error.sentence}`);
    exit(1);
  }
};
