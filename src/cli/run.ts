import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { framesOf } from '../core/failure.ts';
import { registerConfig } from './commands/config.ts';
import { registerExplain } from './commands/explain.ts';
import { registerInit } from './commands/init.ts';
import { registerLedger } from './commands/ledger.ts';
import { registerServe } from './commands/serve.ts';
import { registerWhatIf } from './commands/what-if.ts';
import type { ConfigTools } from './config-tools.ts';
import { processIo } from './io.ts';
import { runProgram } from './program.ts';

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')));

// The reader may have closed the pipe (`| head`): that ends the command and is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = await runProgram(process.argv.slice(2), processIo, version, (cli) => {
    registerServe(cli);
    registerLedger(cli);
    const load = async (): Promise<ConfigTools> => {
      const { config } = await import('../server/documents.ts');
      return { read: (text, place) => config.readDocument(text, place), schema: config.jsonSchema };
    };
    registerConfig(cli, load);
    registerInit(cli, load);
    registerExplain(cli, load);
    registerWhatIf(cli, load);
  });
} catch (error) {
  const name = error instanceof Error ? error.name : typeof error;
  processIo.err(
    [
      `attune: an unexpected ${name}; its message is left out because it may contain a personal value.`,
      ...framesOf(error),
    ].join('\n'),
  );
  process.exitCode = 1;
}
