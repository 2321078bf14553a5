import { RunSummaryWire } from '../../api/schemas/runs.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune cancel`: ends a run that is still running; what it has written is kept and is in its report. */
export const registerCancel = (cli: Cli): void => {
  cli.program
    .command('cancel')
    .argument('<run>')
    .description('end a run that is still running')
    .option('--json', 'print only JSON')
    .action((id: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const run = await client.post(`/api/runs/${encodeURIComponent(id)}/cancel`, null, RunSummaryWire);
        cli.io.out(options.json ? JSON.stringify(run) : `${run.id}: asked to end; see 'attune report ${run.id}'`);
        return 0;
      }),
    );
};
