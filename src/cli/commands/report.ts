import { Option } from 'commander';
import { ChangePageWire, OutcomePageWire, RunWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { runText } from '../../client/run-text.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { csvLine } from '../csv.ts';

const changeHeads = ['target', 'person', 'attribute', 'before', 'after', 'foreign', 'status', 'reason'] as const;
const peopleHeads = ['target', 'person', 'outcome', 'reason', 'sentence', 'remedy'] as const;

type ReportOptions = JsonOption & { readonly csv?: boolean; readonly people?: boolean };

/** `attune report`: what a run did; as CSV, every change with its values, or every person with the reason. */
export const registerReport = (cli: Cli): void => {
  cli.program
    .command('report')
    .argument('<run>')
    .description('show what a run did')
    .addOption(new Option('--csv', 'print every change with its values as CSV').conflicts(['json', 'people']))
    .addOption(new Option('--people', 'print how each person ended and why as CSV').conflicts('json'))
    .option('--json', 'print JSON alone')
    .action((id: string, options: ReportOptions) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        if (options.csv) await printChanges(cli, client, path);
        else if (options.people) await printPeople(cli, client, path);
        else {
          const run = await client.get(path, RunWire);
          cli.io.out(options.json ? JSON.stringify(run.report ?? run) : runText(run));
        }
        return 0;
      }),
    );
};

const printChanges = ({ io }: Cli, client: Client, path: string): Promise<void> => {
  io.out(csvLine(changeHeads));
  return eachPage(async (query) => {
    const page = await client.get(`${path}/changes?${query}`, ChangePageWire);
    for (const change of page.changes) io.out(csvLine(changeHeads.map((head) => change[head])));
    return page.next;
  });
};

const printPeople = ({ io }: Cli, client: Client, path: string): Promise<void> => {
  io.out(csvLine(peopleHeads));
  return eachPage(async (query) => {
    const page = await client.get(`${path}/outcomes?${query}`, OutcomePageWire);
    for (const outcome of page.outcomes) io.out(csvLine(peopleHeads.map((head) => outcome[head])));
    return page.next;
  });
};

const eachPage = async (print: (query: URLSearchParams) => Promise<string | null>): Promise<void> => {
  let cursor: string | null = null;
  do {
    cursor = await print(new URLSearchParams({ limit: '1000', ...(cursor === null ? {} : { cursor }) }));
  } while (cursor !== null);
};
