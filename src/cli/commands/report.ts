import { Option } from 'commander';
import type { NamesWire } from '../../api/schemas/labels.ts';
import { KeptPageWire, OutcomePageWire } from '../../api/schemas/run-lists.ts';
import { RunWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { csvLine } from '../../client/csv.ts';
import { shownAs, withNames } from '../../client/names.ts';
import { pages } from '../../client/pages.ts';
import { quoted } from '../../client/quoted.ts';
import { runText } from '../../client/run-text.ts';
import { table } from '../../client/table.ts';
import { keptSaid } from '../../core/report/kept.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { calledCells, calledHeads, headOf, printChanges } from '../change-csv.ts';

const peopleHeads = ['target', 'person', 'outcome', 'reason', 'sentence', 'remedy'] as const;
const keptHeads = ['target', 'person', 'attribute', 'reason', 'value'] as const;

type ReportOptions = JsonOption & {
  readonly csv?: boolean;
  readonly people?: boolean;
  readonly kept?: boolean;
  readonly bom?: boolean;
};

/** `attune report`: what a run did; every change with its values, or how each person ended and why. */
export const registerReport = (cli: Cli): void => {
  cli.program
    .command('report')
    .argument('<run>')
    .description('show what a run did')
    .option('--people', 'show how each person ended and why, those who need attention first')
    .addOption(
      new Option('--kept', 'show each value of the directory that is not written unchanged, and why').conflicts(
        'people',
      ),
    )
    .addOption(
      new Option(
        '--csv',
        'print CSV: every change with its values, or every person with --people, or what was kept back with --kept',
      ).conflicts('json'),
    )
    .option('--bom', 'with --csv: begin with a byte order mark, which Excel needs to read accents')
    .option('--json', 'print only JSON')
    .action((id: string, options: ReportOptions) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        if (options.people) await showPeople(cli, client, path, options);
        else if (options.kept) await showKept(cli, client, path, options);
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
    io.out(headOf([...peopleHeads, ...calledHeads], options));
    for await (const { outcomes } of found) {
      for (const one of outcomes) {
        io.out(csvLine([...peopleHeads.map((head) => one[head]), ...calledCells(one)]));
      }
    }
    return;
  }
  const people: OutcomePageWire['outcomes'] = [];
  const called: NamesWire = {};
  for await (const { outcomes, names } of found) {
    people.push(...outcomes);
    Object.assign(called, names);
  }
  if (options.json) io.out(JSON.stringify(people));
  else if (people.length === 0) io.out('Everybody ended as unchanged.');
  else {
    const rows = people.map((one) => [
      one.target,
      shownAs(one.person, one.label),
      one.username ?? '',
      one.outcome,
      withNames(one.sentence, one.facts.people, called),
    ]);
    io.out(table(['target', 'person', 'account', 'outcome', 'why'], rows));
  }
};

const showKept = async ({ io }: Cli, client: Client, path: string, options: ReportOptions): Promise<void> => {
  const found: KeptPageWire['kept'] = [];
  if (options.csv) io.out(headOf([...keptHeads, ...calledHeads], options));
  for await (const { kept, forgotten } of pages(client, `${path}/kept`, KeptPageWire)) {
    if (forgotten)
      io.err('What this run kept back is no longer stored: a later run of everybody has replaced the list.');
    if (!options.csv) found.push(...kept);
    else {
      for (const one of kept) {
        io.out(csvLine([...keptHeads.map((head) => one[head]), ...calledCells(one)]));
      }
    }
  }
  if (options.csv) return;
  if (options.json) io.out(JSON.stringify(found));
  else if (found.length === 0) io.out('Every value is written as it is in the directory.');
  else {
    const rows = found.map(({ target, label, person, username, attribute, value, reason }) => [
      target,
      shownAs(person, label),
      username ?? '',
      attribute,
      quoted(value),
      keptSaid[reason],
    ]);
    io.out(table(['target', 'person', 'account', 'attribute', 'value', 'why'], rows));
  }
};
