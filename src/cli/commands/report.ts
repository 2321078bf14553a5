import { Option } from 'commander';
import { OutcomePageWire, RunWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { pages } from '../../client/pages.ts';
import { runText } from '../../client/run-text.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { headOf, labelCells, labelHeads, printChanges } from '../change-csv.ts';
import { csvLine } from '../csv.ts';

const peopleHeads = ['target', 'person', 'outcome', 'reason', 'sentence', 'remedy'] as const;

type ReportOptions = JsonOption & { readonly csv?: boolean; readonly people?: boolean; readonly bom?: boolean };

/** `attune report`: what a run did; every change with its values, or how each person ended and why. */
export const registerReport = (cli: Cli): void => {
  cli.program
    .command('report')
    .argument('<run>')
    .description('show what a run did')
    .option('--people', 'show how each person ended and why, those who need somebody first')
    .addOption(
      new Option('--csv', 'print CSV: every change with its values, or with --people every person').conflicts('json'),
    )
    .option('--bom', 'with --csv: begin with a byte order mark, which Excel needs to read accents')
    .option('--json', 'print JSON alone')
    .action((id: string, options: ReportOptions) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        if (options.people) await showPeople(cli, client, path, options);
        else if (options.csv) await printChanges(cli.io, client, path, {}, options);
        else {
          const run = await client.get(path, RunWire);
          cli.io.out(options.json ? JSON.stringify(run.report ?? run) : runText(run));
        }
        return 0;
      }),
    );
};

const showPeople = async ({ io }: Cli, client: Client, path: string, options: ReportOptions): Promise<void> => {
  const found = pages(client, `${path}/outcomes`, OutcomePageWire);
  if (options.csv) {
    io.out(headOf([...peopleHeads, ...labelHeads], options));
    for await (const { outcomes } of found) {
      for (const one of outcomes) {
        io.out(csvLine([...peopleHeads.map((head) => one[head]), ...labelCells(one.label)]));
      }
    }
    return;
  }
  const people: OutcomePageWire['outcomes'] = [];
  for await (const { outcomes } of found) people.push(...outcomes);
  if (options.json) io.out(JSON.stringify(people));
  else if (people.length === 0) io.out('Nobody ended otherwise than unchanged.');
  else {
    const rows = people.map((one) => [
      one.target,
      one.label?.login ?? one.label?.name ?? one.person,
      one.outcome,
      one.sentence,
    ]);
    io.out(table(['target', 'person', 'outcome', 'why'], rows));
  }
};
