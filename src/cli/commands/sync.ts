import { Option } from 'commander';
import { HeldChangesWire } from '../../api/schemas/plans.ts';
import { ChangePageWire } from '../../api/schemas/run-lists.ts';
import { RunSummaryWire, StartedWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { pages } from '../../client/pages.ts';
import { changeLines } from '../../client/plan-text.ts';
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
    .addOption(new Option('--user <user>', 'one person, by id, login or mail').conflicts(['delta', 'verify']))
    .option('--plan', 'plan only: write nothing; with --user it shows every value')
    .addOption(new Option('--delta', 'read only what changed since the last run').conflicts('verify'))
    .option('--verify', 'also compare with what the targets hold now')
    .addOption(new Option('--no-wait', 'only start it, and print the run').conflicts('local'))
    .option('--local', 'start everything in this process, sync, report and exit')
    .option('--config <file>', 'with --local: the document to store first')
    .option('--json', 'print only JSON')
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
  const of = `/api/connectors/${encodeURIComponent(connector)}`;
  const path = `${of}/runs`;
  if (options.user !== undefined && !options.plan) await tellHeld(cli, client, of, options.user);
  const started = await client.post(path, startBody(options), StartedWire);
  // The run is this command's own: it ends with it. Without an answer the next start ends it.
  void asked
    ?.then(() => client.post(`/api/runs/${encodeURIComponent(started.run)}/cancel`, null, RunSummaryWire))
    .catch(() => undefined);
  if (options.wait) {
    const code = await showEnd(cli.io, client, started.run, options);
    if (options.user !== undefined && options.plan && !options.json) await showValues(cli, client, started.run);
    return code;
  }
  cli.io.out(options.json ? JSON.stringify(started) : started.run);
  return 0;
};

/** Says before anything is written what held plans hold for a person: their own run writes it all the same. */
const tellHeld = async ({ io }: Cli, client: Client, of: string, user: string): Promise<void> => {
  const { changes } = await client.get(`${of}/held-changes?${new URLSearchParams({ user })}`, HeldChangesWire);
  for (const { run, target, attribute } of changes) {
    io.err(`Run ${run} holds ${attribute} at ${target} for this person; it is written now anyway.`);
  }
};

/** Every value that is planned for one person. */
const showValues = async ({ io }: Cli, client: Client, run: string): Promise<void> => {
  for await (const { changes } of pages(client, `/api/runs/${encodeURIComponent(run)}/changes`, ChangePageWire)) {
    if (changes.length > 0) io.out(changeLines(changes));
  }
};

const startBody = ({ user, plan, delta, verify }: SyncOptions): object => {
  if (user !== undefined) return plan ? { user, intent: 'plan' } : { user };
  return { mode: delta ? 'delta' : verify ? 'verify' : 'full', intent: plan ? 'plan' : 'apply' };
};
