import { ConnectorCheckWire } from '../../api/schemas/connectors.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

type CheckOptions = JsonOption & { readonly writeTest?: string; readonly target?: string };

/** `attune check`: each thing a run needs, in order, with the remedy where it is not as it should be. */
export const registerCheck = (cli: Cli): void => {
  cli.program
    .command('check')
    .argument('<connector>')
    .description('look at each thing a run needs: sign-ins, rights, listings, forms, limits, clocks')
    .option(
      '--write-test <username>',
      'also set, replace, read back and clear each mapped attribute of this one account',
    )
    .option('--target <id>', 'with --write-test: at this target only')
    .option('--json', 'print JSON alone')
    .action((connector: string, options: CheckOptions) =>
      act(cli, options, async (client) => {
        const { writeTest: account, target = null } = options;
        const path = `/api/connectors/${encodeURIComponent(connector)}/check`;
        const body = account === undefined ? {} : { writeTest: { account, target } };
        const checked = await client.post(path, body, ConnectorCheckWire);
        const parts = [['source', checked.source] as const, ...Object.entries(checked.targets)];
        if (options.json) cli.io.out(JSON.stringify(checked));
        else for (const [part, lines] of parts) cli.io.out([part, ...lines.flatMap(lineText)].join('\n'));
        return parts.every(([, lines]) => lines.every(({ ok }) => ok)) ? 0 : 1;
      }),
    );
};

type Line = ConnectorCheckWire['source'][number];

const lineText = ({ what, ok, found, remedy }: Line): string[] => {
  const mark = ok ? (remedy === undefined ? 'ok  ' : 'note') : 'FAIL';
  return [`  ${mark}  ${what}: ${found}`, ...(remedy === undefined ? [] : [`        ${remedy}`])];
};
