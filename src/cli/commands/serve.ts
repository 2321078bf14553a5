import type { Server, ServerOptions } from '../../server/server.ts';
import { actLocally, type Cli } from '../act.ts';
import { dataDirOf } from '../connection.ts';
import type { ExitCode } from '../exit-code.ts';

type ServeOptions = { readonly config?: string };

/** `attune serve`, `attune worker` and `attune api`: the parts of a server, in one process or apart. */
export const registerServe = (cli: Cli): void => {
  const command = (name: string, parts: ServerOptions['parts'], description: string) => {
    const made = cli.program.command(name).description(description);
    if (parts.api) made.option('--config <file>', 'the document; without it the stored connectors stay as they are');
    made.action(({ config }: ServeOptions) => actLocally(cli, {}, () => serve(cli, { parts, file: config ?? null })));
  };
  command('serve', { worker: true, api: true }, 'run everything in one process: worker, schedules and HTTP API');
  command('worker', { worker: true, api: false }, 'run a worker alone, for a Temporal server and ledger of your own');
  command('api', { worker: false, api: true }, 'run the HTTP API and keep the schedules, without a worker');
};

type Wanted = Pick<ServerOptions, 'parts' | 'file'>;

/** Starts a server with the log and the data directory of this process. */
export const openServer = async ({ io, version }: Cli, wanted: Wanted): Promise<Server> => {
  const { openLog } = await import('../../server/log.ts');
  const { startServer } = await import('../../server/server.ts');
  const { env } = io;
  const log = openLog(env);
  try {
    return await startServer({ ...wanted, dataDir: dataDirOf(env), env, version, log });
  } catch (error) {
    await log.close();
    throw error;
  }
};

const serve = async (cli: Cli, wanted: Wanted): Promise<ExitCode> => {
  const asked = stopAsked();
  const server = await openServer(cli, wanted);
  cli.io.out(readyText(server));
  try {
    await Promise.race([server.ended, asked]);
  } finally {
    await server.close();
  }
  return 0;
};

const readyText = ({ url, uiUrl, connectors }: Server): string =>
  [
    'Attune is ready.',
    ...(url === null ? [] : [`  HTTP API      ${url}`]),
    ...(uiUrl === null ? [] : [`  Temporal UI   ${uiUrl}`]),
    `  connectors    ${connectors.length === 0 ? 'none yet: give a document with --config' : connectors.join(', ')}`,
  ].join('\n');

/** Settles at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    const first = (): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, first).once(signal, atOnce);
      resolve();
    };
    const atOnce = (): void => process.exit(1);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, first);
  });
