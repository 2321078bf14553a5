import { StartedWire } from '../../api/schemas/runs.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { showEnd } from '../end-of-run.ts';

type RetryOptions = JsonOption & { readonly wait: boolean; readonly plan?: boolean };

/** `attune retry`: tries the failed and skipped people of a run again, and follows that to its report. */
export const registerRetry = (cli: Cli): void => {
  cli.program
    .command('retry')
    .argument('<run>')
    .description('try the failed and skipped people of a run again, and nobody else')
    .option('--plan', 'plan only: write nothing')
    .option('--no-wait', 'only start it, and print the run')
    .option('--json', 'print only JSON')
    .action((id: string, options: RetryOptions) =>
      act(cli, options, async (client) => {
        const body = { intent: options.plan ? 'plan' : 'apply' };
        const started = await client.post(`/api/runs/${encodeURIComponent(id)}/retry`, body, StartedWire);
        if (options.wait) return showEnd(cli.io, client, started.run, options);
        cli.io.out(options.json ? JSON.stringify(started) : started.run);
        return 0;
      }),
    );
};
