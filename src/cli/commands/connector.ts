import { ReleasedWire, RenamedWire } from '../../api/schemas/connectors.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

const pathOf = (connector: string, what: string): string => `/api/connectors/${encodeURIComponent(connector)}/${what}`;

/** `attune connector rename | retire | release`: what becomes of a connector and the accounts it keeps. */
export const registerConnector = (cli: Cli): void => {
  const connector = cli.program
    .command('connector')
    .description('rename or retire a connector, or release its accounts');

  connector
    .command('rename')
    .argument('<connector>')
    .argument('<to>', 'its new id; a connector from the file is renamed there, with `previously`')
    .description('give a connector another id; its runs, links and accounts move with it')
    .option('--json', 'print only JSON')
    .action((id: string, to: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const renamed = await client.post(pathOf(id, 'rename'), { to }, RenamedWire);
        cli.io.out(
          options.json ? JSON.stringify(renamed) : `${renamed.previously} is ${renamed.connector} from now on.`,
        );
        return 0;
      }),
    );

  connector
    .command('retire')
    .argument('<connector>')
    .description('take a connector out of use: it starts no more runs and owns no accounts')
    .option('--json', 'print only JSON')
    .action((id: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const retired = await client.post(pathOf(id, 'retire'), {}, RenamedWire.pick({ connector: true }));
        cli.io.out(options.json ? JSON.stringify(retired) : `${id} starts no more runs. What it wrote is not changed.`);
        return 0;
      }),
    );

  connector
    .command('release')
    .argument('<connector>')
    .description('release accounts: the connector that next writes or adopts these values owns them')
    .option('--target <target>', 'only at this target')
    .option('--attribute <attribute>', 'only this attribute, such as field:phone or "userProperty:Cost center"')
    .option('--json', 'print only JSON')
    .action((id: string, options: JsonOption & { target?: string; attribute?: string }) =>
      act(cli, options, async (client) => {
        const { target = null, attribute = null } = options;
        const released = await client.post(pathOf(id, 'release'), { target, attribute }, ReleasedWire);
        cli.io.out(
          options.json
            ? JSON.stringify(released)
            : `${id} releases ${released.accounts} accounts. Their values are not changed.`,
        );
        return 0;
      }),
    );
};
