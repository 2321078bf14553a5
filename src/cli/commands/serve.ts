import type { Server, ServerOptions } from '../../server/server.ts';
import type { Stack } from '../../server/stack.ts';
import { actLocally, type Cli } from '../act.ts';
import { dataDirOf } from '../connection.ts';
import type { ExitCode } from '../exit-code.ts';
import { stopAsked } from '../stop.ts';

type ServeOptions = { readonly config?: string };

/** `attune serve`, `attune worker` and `attune api`: the parts of a server, in one process or apart. */
export const registerServe = (cli: Cli): void => {
  const command = (name: string, parts: ServerOptions['parts'], description: string) => {
    const made = cli.program.command(name).description(description);
    if (parts.api) made.option('--config <file>', 'the document; without it, the stored connectors are used');
    made.action(({ config }: ServeOptions) => actLocally(cli, {}, () => serve(cli, { parts, file: config ?? null })));
  };
  command('serve', { worker: true, api: true }, 'run everything in one process: worker, schedules and HTTP API');
  command('worker', { worker: true, api: false }, 'run only a worker, with your own Temporal server and ledger');
  command('api', { worker: false, api: true }, 'run the HTTP API and keep the schedules, without a worker');
};

type Wanted = Pick<ServerOptions, 'parts' | 'file'>;

/** A server that comes up, and what ends it at any moment of that. */
type Opening = { readonly server: Promise<Server>; readonly stack: Stack; readonly broken: Promise<never> };

/**
 * Starts a server with the log and the data directory of this process. Unexpected failures in the background are logged
 * without their message; `broken` rejects if the process cannot continue after one.
 */
export const openServer = async ({ io, version }: Cli, wanted: Wanted): Promise<Opening> => {
  const { openLog } = await import('../../server/log.ts');
  const { openStack } = await import('../../server/stack.ts');
  const { startServer } = await import('../../server/server.ts');
  const { env } = io;
  const log = openLog(env);
  const stack = openStack();
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  process.on('unhandledRejection', (error) =>
    log.failed('Something in the background failed; everything else continues.', error),
  );
  process.on('uncaughtException', (error) => {
    log.failed('An unexpected error occurred; Attune stops.', error);
    reject(error);
  });
  const server = startServer({ ...wanted, dataDir: dataDirOf(env), env, version, log, stack });
  server.catch(() => undefined);
  return { server, stack, broken };
};

const serve = async (cli: Cli, wanted: Wanted): Promise<ExitCode> => {
  const asked = stopAsked();
  const { server: starting, stack, broken } = await openServer(cli, wanted);
  const ending = Promise.race([asked, broken]);
  try {
    const server = await Promise.race([starting, ending]);
    if (server === undefined) return 0;
    cli.io.out(readyText(server));
    await Promise.race([server.ended, ending]);
  } finally {
    await stack.close();
    leave();
  }
  return 0;
};

/** Nothing that a library still holds open keeps a process alive whose parts have ended. */
export const leave = (): void => {
  setTimeout(() => process.exit(), 500).unref();
};

const readyText = ({ url, uiUrl, temporal, connectors }: Server): string =>
  [
    'Attune is ready.',
    ...(url === null ? [] : [`  HTTP API      ${url}`, `  console       ${url}/ (attune console signs you in)`]),
    `  Temporal      ${temporal} (TEMPORAL_ADDRESS for the temporal command)`,
    ...(uiUrl === null ? [] : [`  Temporal UI   ${uiUrl}`]),
    `  connectors    ${connectors.length === 0 ? 'none yet' : connectors.join(', ')}`,
  ].join('\n');
