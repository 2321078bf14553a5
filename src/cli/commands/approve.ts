import { StartedWire } from '../../api/schemas/runs.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { showEnd } from '../end-of-run.ts';

/** `attune approve`: lets a held plan through and follows it. */
export const registerApprove = (cli: Cli): void => {
  cli.program
    .command('approve')
    .argument('<run>')
    .description('apply the plan a run holds')
    .option('--no-wait', 'start only, and print the run')
    .option('--json', 'print JSON alone')
    .action((id: string, options: JsonOption & { wait: boolean }) =>
      act(cli, options, async (client) => {
        const started = await client.post(`/api/runs/${encodeURIComponent(id)}/approve`, null, StartedWire);
        if (options.wait) return showEnd(cli.io, client, started.run, options);
        cli.io.out(options.json ? JSON.stringify(started) : started.run);
        return 0;
      }),
    );
};
