import { Option } from 'commander';
import { LeaverPageWire, type LeaverWire } from '../../api/schemas/leavers.ts';
import { byteOrderMark, csvLine } from '../../client/csv.ts';
import { shownAs } from '../../client/names.ts';
import { pages } from '../../client/pages.ts';
import { table } from '../../client/table.ts';
import { leaverKinds } from '../../core/report/leaver-counts.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { calledCells, calledHeads } from '../change-csv.ts';

type LeaverOptions = JsonOption & {
  readonly csv?: boolean;
  readonly bom?: boolean;
  readonly target?: string;
  readonly kind?: string;
};

const heads = ['target', 'person', 'kind', 'since', 'state', 'clearAt', 'clearedAt', 'attributes'] as const;

/** `attune leavers`: who has left, and what becomes of their values when. */
export const registerLeavers = (cli: Cli): void => {
  cli.program
    .command('leavers')
    .argument('<connector>')
    .description('list who has left, since when, and how long their values are kept')
    .option('--target <id>', 'only at this target')
    .addOption(new Option('--kind <kind>', 'only people who left in this way').choices(leaverKinds))
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .option('--bom', 'with --csv: begin with a byte order mark, which Excel needs to read accents')
    .option('--json', 'print only JSON')
    .action((connector: string, { csv, bom, json, ...filter }: LeaverOptions) =>
      act(cli, json === undefined ? {} : { json }, async (client) => {
        const path = `/api/connectors/${encodeURIComponent(connector)}/leavers`;
        const found: LeaverWire[] = [];
        if (csv) cli.io.out(`${bom ? byteOrderMark : ''}${csvLine([...heads, ...calledHeads])}`);
        for await (const { leavers } of pages(client, path, LeaverPageWire, filter)) {
          if (!csv) found.push(...leavers);
          else for (const one of leavers) cli.io.out(csvLine(cellsOf(one)));
        }
        if (csv) return 0;
        if (json) cli.io.out(JSON.stringify(found));
        else
          cli.io.out(
            found.length === 0
              ? nobody
              : table(['target', 'person', 'account', 'left', 'since', 'values'], found.map(rowOf)),
          );
        return 0;
      }),
    );
};

const nobody = 'Nobody with a linked account is known to have left.';

const cellsOf = (one: LeaverWire) => [...heads.map((head) => one[head]), ...calledCells(one)];

const rowOf = (one: LeaverWire): readonly string[] => [
  one.target,
  shownAs(one.person, one.label),
  one.username ?? '',
  one.kind,
  one.since,
  stateText(one),
];

const stateText = ({ state, clearAt, clearedAt }: LeaverWire): string => {
  switch (state) {
    case 'kept':
      return 'kept';
    case 'cleared':
      return `cleared at ${clearedAt ?? ''}`;
    case 'due':
      return `due since ${clearAt ?? ''}: the next run of everybody clears them`;
    case 'waiting':
      return `kept until ${clearAt ?? ''}`;
  }
};
