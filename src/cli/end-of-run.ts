import type { Client } from '../client/client.ts';
import { followRun } from '../client/follow.ts';
import { runText } from '../client/run-text.ts';
import type { JsonOption } from './act.ts';
import { createDisplay } from './display.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';

/** Follows a run to its end and prints its report; with --json the report alone, on standard output. */
export const showEnd = async (io: Io, client: Client, run: string, { json = false }: JsonOption): Promise<ExitCode> => {
  const ended = await followRun(client, run, await createDisplay(io, json));
  io.out(json ? JSON.stringify(ended.report ?? ended) : runText(ended));
  return exitCodeOf(ended);
};
