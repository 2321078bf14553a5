import { Option } from 'commander';
import { ChangePageWire, RunWire } from '../api/wire.ts';
import { act, type Cli, type JsonOption } from './act.ts';
import type { Client } from './client.ts';
import { csvLine } from './csv.ts';
import { runText } from './run-text.ts';

const heads = ['target', 'person', 'attribute', 'before', 'after', 'foreign', 'status', 'reason'] as const;

/** `attune report`: what a run did; as CSV, every change with its values. */
export const registerReport = (cli: Cli): void => {
  cli.program
    .command('report')
    .argument('<run>')
    .description('show what a run did')
    .addOption(new Option('--csv', 'print every change with its values as CSV').conflicts('json'))
    .option('--json', 'print JSON alone')
    .action((id: string, options: JsonOption & { csv?: boolean }) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        if (options.csv) {
          await printChanges(cli, client, path);
          return 0;
        }
        const run = await client.get(path, RunWire);
        cli.io.out(options.json ? JSON.stringify(run.report ?? run) : runText(run));
        return 0;
      }),
    );
};

const printChanges = async ({ io }: Cli, client: Client, path: string): Promise<void> => {
  io.out(csvLine(heads));
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000', ...(cursor === null ? {} : { cursor }) });
    const page: ChangePageWire = await client.get(`${path}/changes?${query}`, ChangePageWire);
    for (const change of page.changes) io.out(csvLine(heads.map((head) => change[head])));
    cursor = page.next;
  } while (cursor !== null);
};
