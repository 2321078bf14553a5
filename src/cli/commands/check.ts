import { writeFile } from 'node:fs/promises';
import { type AssumedWire, AssumptionsWire, ConnectorCheckWire } from '../../api/schemas/connectors.ts';
import type { Client } from '../../client/client.ts';
import { Failure } from '../../core/failure.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ExitCode } from '../exit-code.ts';

type CheckOptions = JsonOption & {
  readonly writeTest?: string;
  readonly target?: string;
  readonly assumptions?: true;
  readonly evidence?: string;
};

/** `attune check`: each thing a run needs, in order, with the remedy where it is not as it should be. */
export const registerCheck = (cli: Cli): void => {
  cli.program
    .command('check')
    .argument('<connector>')
    .description('test everything a run needs: sign-ins, permissions, listings, forms, limits, clocks')
    .option(
      '--write-test <username>',
      'also set, replace, read back and clear each mapped attribute of this one account',
    )
    .option('--target <id>', 'with --write-test: only at this target')
    .option(
      '--assumptions',
      'instead test everything Attune relies on at the source and each target, listed by the ids in docs/connectors',
    )
    .option('--evidence <file>', 'with --assumptions: save the answers, with every value masked')
    .option('--json', 'print only JSON')
    .action((connector: string, options: CheckOptions) => {
      if (options.target !== undefined && options.writeTest === undefined)
        cli.program.error("error: option '--target' needs '--write-test <username>'");
      return act(cli, options, (client) =>
        options.assumptions || options.evidence !== undefined
          ? assumptions(cli, client, connector, options)
          : check(cli, client, connector, options),
      );
    });
};

const check = async (cli: Cli, client: Client, connector: string, options: CheckOptions): Promise<ExitCode> => {
  const checked = await client.post(pathOf(connector, 'check'), bodyOf(options), ConnectorCheckWire);
  const parts = [['source', checked.source] as const, ...Object.entries(checked.targets)];
  if (options.json) cli.io.out(JSON.stringify(checked));
  else for (const [part, lines] of parts) cli.io.out([part, ...lines.flatMap(lineText)].join('\n'));
  return parts.every(([, lines]) => lines.every(({ ok }) => ok)) ? 0 : 1;
};

const assumptions = async (cli: Cli, client: Client, connector: string, options: CheckOptions): Promise<ExitCode> => {
  const tried = await client.post(pathOf(connector, 'assumptions'), bodyOf(options), AssumptionsWire);
  const parts = [['source', tried.source] as const, ...Object.entries(tried.targets)];
  const evidence = parts.map(([, each]) => each.evidence);
  if (options.evidence !== undefined) {
    await save(options.evidence, `${JSON.stringify(evidence, null, 2)}\n`);
  }
  const lines = Object.fromEntries(parts.map(([id, each]) => [id, each.lines]));
  if (options.json) cli.io.out(JSON.stringify(lines));
  else for (const [id, each] of Object.entries(lines)) cli.io.out([id, ...each.map(assumptionText)].join('\n'));
  return parts.every(([, each]) => each.lines.every(({ state }) => state !== 'doesNot')) ? 0 : 1;
};

const save = (file: string, text: string): Promise<void> =>
  writeFile(file, text, { mode: 0o600 }).catch((cause: unknown) => {
    throw new Failure('config', `The evidence cannot be written to ${file}.`, {
      remedy: 'Name a file in an existing directory that you may write to, and run the command again.',
      cause,
    });
  });

const pathOf = (connector: string, what: string): string => `/api/connectors/${encodeURIComponent(connector)}/${what}`;

const bodyOf = ({ writeTest, target }: CheckOptions): Readonly<Record<string, unknown>> =>
  writeTest === undefined ? {} : { writeTest: { account: writeTest, target: target ?? null } };

type Line = ConnectorCheckWire['source'][number];

const lineText = ({ what, ok, found, remedy }: Line): string[] => {
  const mark = ok ? (remedy === undefined ? 'ok  ' : 'note') : 'FAIL';
  return [`  ${mark}  ${what}: ${found}`, ...(remedy === undefined ? [] : [`        ${remedy}`])];
};

const marks = { holds: 'holds   ', doesNot: 'DOES NOT', notSeen: 'not seen' } as const;

const assumptionText = ({ id, what, state, found }: AssumedWire['lines'][number]): string =>
  `  ${marks[state]}  ${id}: ${what} (${found})`;
