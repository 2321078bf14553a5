import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConnectorWire, VersionListWire } from '../../api/schemas/connectors.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

const pathOf = (id: string): string => `/api/connectors/${encodeURIComponent(id)}`;

/** `attune config history`: who stored which version of a connector, when and why. */
export const registerHistory = (cli: Cli, config: Command): void => {
  config
    .command('history')
    .argument('<connector>')
    .description('list the versions of a connector, newest first')
    .option('--json', 'print only JSON')
    .action((id: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const { versions } = await client.get(`${pathOf(id)}/versions`, VersionListWire);
        const rows = versions.map(({ version, at, by, comment }) => [version, at, by, comment ?? ''] as const);
        cli.io.out(options.json ? JSON.stringify(versions) : table(['version', 'stored', 'by', 'comment'], rows));
        return 0;
      }),
    );
};

type RollbackOptions = JsonOption & { readonly to: number; readonly comment?: string };

/** `attune config rollback`: stores an earlier version again, as the newest. */
export const registerRollback = (cli: Cli, config: Command): void => {
  config
    .command('rollback')
    .argument('<connector>')
    .description('store an earlier version again as the newest')
    .requiredOption('--to <version>', 'the version to go back to', parseVersion)
    .option('--comment <text>', 'the reason, recorded in the history')
    .option('--json', 'print only JSON')
    .action((id: string, { to, comment, ...options }: RollbackOptions) =>
      act(cli, options, async (client) => {
        const stored = await client.post(`${pathOf(id)}/rollback`, { to, comment: comment ?? null }, ConnectorWire);
        cli.io.out(options.json ? JSON.stringify(stored) : `${id}: version ${stored.version} is version ${to} again`);
        return 0;
      }),
    );
};

/** `attune config import`: says where a connector is edited from now on. */
export const registerImport = (cli: Cli, config: Command): void => {
  config
    .command('import')
    .argument('<connector>')
    .description('make a connector from the file given to attune serve editable through the API')
    .addOption(new Option('--to <place>', 'where it is edited from now on').choices(['api', 'file']).default('api'))
    .option('--json', 'print only JSON')
    .action((id: string, { to, ...options }: JsonOption & { to: string }) =>
      act(cli, options, async (client) => {
        const stored = await client.post(`${pathOf(id)}/import`, { to }, ConnectorWire);
        cli.io.out(options.json ? JSON.stringify(stored) : `${id}: managed by ${stored.managedBy}`);
        return 0;
      }),
    );
};

const parseVersion = (text: string): number => {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) return version;
  throw new InvalidArgumentError('Use the number of a version.');
};
