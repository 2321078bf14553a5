import { Option } from 'commander';
import { ChangeKindsWire, PlanWire } from '../../api/schemas/plans.ts';
import { ChangePageWire } from '../../api/schemas/run-lists.ts';
import type { Client } from '../../client/client.ts';
import { pages } from '../../client/pages.ts';
import { changeLines, planText, tellingAttribute } from '../../client/plan-text.ts';
import { isFailure } from '../../core/failure.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { printChanges } from '../change-csv.ts';

type PlanOptions = JsonOption & {
  readonly changes?: boolean;
  readonly csv?: boolean;
  readonly bom?: boolean;
  readonly person?: string;
  readonly attribute?: string;
  readonly target?: string;
  readonly kind?: string;
  readonly foreign?: boolean;
  readonly ours?: boolean;
};

/** `attune plan`: what a run planned, why it is probably so, and how to decide over it; or every change of it. */
export const registerPlan = (cli: Cli): void => {
  cli.program
    .command('plan')
    .argument('<run>')
    .description('show the plan of a run: its likely cause, its figures, and its kinds of change')
    .option('--changes', 'instead list every change with its values')
    .option('--csv', 'print every change as CSV')
    .option('--bom', 'with --csv: begin with a byte order mark, which Excel needs to read accents')
    .option('--person <id>', 'only changes of this person, by source id')
    .option('--attribute <attribute>', "only changes of this attribute, such as 'userProperty:Company'")
    .option('--target <target>', 'only changes at this target')
    .addOption(new Option('--kind <kind>', 'only such changes').choices(['filled', 'replaced', 'cleared']))
    .addOption(new Option('--foreign', 'only values that Attune did not write').conflicts('ours'))
    .option('--ours', 'only values that are empty or that Attune wrote')
    .option('--json', 'print only JSON')
    .action((id: string, options: PlanOptions) =>
      act(cli, options, async (client) => {
        const path = `/api/runs/${encodeURIComponent(id)}`;
        const filter = filterOf(options);
        const lists = options.changes === true || Object.keys(filter).length > 0;
        if (options.csv && !options.json) await printChanges(cli.io, client, path, filter, options);
        else if (lists) await showChanges(cli, client, path, filter, options);
        else await showPlan(cli, client, path, options);
        return 0;
      }),
    );
};

const filterOf = ({ person, attribute, target, kind, foreign, ours }: PlanOptions): Record<string, string> => ({
  ...(person === undefined ? {} : { person }),
  ...(attribute === undefined ? {} : { attribute }),
  ...(target === undefined ? {} : { target }),
  ...(kind === undefined ? {} : { kind }),
  ...(foreign === true ? { foreign: 'true' } : ours === true ? { foreign: 'false' } : {}),
});

const showPlan = async ({ io }: Cli, client: Client, path: string, { json }: JsonOption): Promise<void> => {
  const plan = await client.get(`${path}/plan`, PlanWire);
  const kinds = await kindsOf(client, path, plan);
  io.out(json ? JSON.stringify({ ...plan, kinds }) : planText(plan, kinds));
};

/** The kinds of the attribute that tells most; null without the ability to see values. */
const kindsOf = async (client: Client, path: string, plan: PlanWire): Promise<ChangeKindsWire | null> => {
  const told = tellingAttribute(plan);
  if (told === null) return null;
  const query = new URLSearchParams({ target: told.target, attribute: told.attribute, limit: '10' });
  try {
    return await client.get(`${path}/changes/kinds?${query}`, ChangeKindsWire);
  } catch (error) {
    if (isFailure(error) && error.kind === 'forbidden') return null;
    throw error;
  }
};

const showChanges = async (
  { io }: Cli,
  client: Client,
  path: string,
  filter: Readonly<Record<string, string>>,
  { json }: JsonOption,
): Promise<void> => {
  let none = true;
  const all: ChangePageWire['changes'] = [];
  for await (const { changes } of pages(client, `${path}/changes`, ChangePageWire, filter)) {
    if (json) all.push(...changes);
    else if (changes.length > 0) {
      io.out(
        changeLines(changes.map((one) => ({ ...one, target: `${one.label?.login ?? one.person}  ${one.target}` }))),
      );
      none = false;
    }
  }
  if (json) io.out(JSON.stringify(all));
  else if (none) io.out('There is no such change.');
};
