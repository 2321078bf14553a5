import { RunSummaryWire } from '../../api/schemas/runs.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune reject`: turns a held plan down. */
export const registerReject = (cli: Cli): void => {
  cli.program
    .command('reject')
    .argument('<run>')
    .description('reject the plan that a run holds, for good')
    .option('--comment <text>', 'the reason, recorded with the run and in the audit log')
    .option('--json', 'print only JSON')
    .action((id: string, options: JsonOption & { readonly comment?: string }) =>
      act(cli, options, async (client) => {
        const body = options.comment === undefined ? null : { comment: options.comment };
        const run = await client.post(`/api/runs/${encodeURIComponent(id)}/reject`, body, RunSummaryWire);
        cli.io.out(options.json ? JSON.stringify(run) : `${run.id}: ${run.status}`);
        return 0;
      }),
    );
};
