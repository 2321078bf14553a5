import { Option } from 'commander';
import { RunSummaryWire, StartedWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { act, actLocally, type Cli, type JsonOption } from '../act.ts';
import { showEnd } from '../end-of-run.ts';
import type { ExitCode } from '../exit-code.ts';

type SyncOptions = JsonOption & {
  readonly user?: string;
  readonly plan?: boolean;
  readonly delta?: boolean;
  readonly verify?: boolean;
  readonly wait: boolean;
  readonly local?: boolean;
  readonly config?: string;
};

/** `attune sync`: starts a run and follows it to its report. */
export const registerSync = (cli: Cli): void => {
  cli.program
    .command('sync')
    .argument('<connector>')
    .description('sync everybody, or one person, and report what was done')
    .addOption(new Option('--user <user>', 'one person, by id, login or mail').conflicts(['plan', 'delta', 'verify']))
    .option('--plan', 'plan only: write nothing')
    .addOption(new Option('--delta', 'read only what changed since the last run').conflicts('verify'))
    .option('--verify', 'also compare with what the targets hold now')
    .addOption(new Option('--no-wait', 'start only, and print the run').conflicts('local'))
    .option('--local', 'start everything in this process, sync, report and exit')
    .option('--config <file>', 'with --local: the document to store first')
    .option('--json', 'print JSON alone')
    .action((connector: string, options: SyncOptions) =>
      options.local
        ? actLocally(cli, options, async () => {
            const { withServer } = await import('./local.ts');
            return withServer(cli, options.config ?? null, (client, asked) =>
              sync(cli, connector, options, client, asked),
            );
          })
        : act(cli, options, (client) => sync(cli, connector, options, client)),
    );
};

const sync = async (
  cli: Cli,
  connector: string,
  options: SyncOptions,
  client: Client,
  asked: Promise<void> | null = null,
): Promise<ExitCode> => {
  const path = `/api/connectors/${encodeURIComponent(connector)}/runs`;
  const started = await client.post(path, startBody(options), StartedWire);
  // The run is this command's own: it ends with it. Without an answer the next start ends it.
  void asked
    ?.then(() => client.post(`/api/runs/${encodeURIComponent(started.run)}/cancel`, null, RunSummaryWire))
    .catch(() => undefined);
  if (options.wait) return showEnd(cli.io, client, started.run, options);
  cli.io.out(options.json ? JSON.stringify(started) : started.run);
  return 0;
};

const startBody = ({ user, plan, delta, verify }: SyncOptions): object => {
  if (user !== undefined) return { user };
  return { mode: delta ? 'delta' : verify ? 'verify' : 'full', intent: plan ? 'plan' : 'apply' };
};
