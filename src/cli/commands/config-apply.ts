import type { Command } from 'commander';
import { AppliedWire } from '../../api/schemas/document.ts';
import { count, table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { readRight } from '../document-file.ts';

type ApplyOptions = JsonOption & { readonly comment?: string; readonly clearRemoved?: boolean };

/** `attune config apply`: stores a document as the next version of each of its connectors. */
export const registerApply = (cli: Cli, config: Command, load: () => Promise<ConfigTools>): void => {
  config
    .command('apply')
    .argument('<file>')
    .description('store a document as the next version of each connector that it changes')
    .option('--comment <text>', 'the reason, recorded in the history')
    .option('--clear-removed', 'also let the next run plan to clear the values that removed rows have left behind')
    .option('--json', 'print only JSON')
    .action((file: string, options: ApplyOptions) =>
      act(cli, options, async (client) => {
        const document = await readRight(file, load);
        const { comment = null, clearRemoved = false } = options;
        const applied = await client.put('/api/document', { document, comment, clearRemoved }, AppliedWire);
        if (options.json) {
          cli.io.out(JSON.stringify(applied));
          return 0;
        }
        const rows = applied.connectors.map(({ id, version, is }) => [id, version, is] as const);
        cli.io.out(table(['connector', 'version', 'is'], rows));
        for (const { connector, target, attribute, people } of applied.cleared) {
          cli.io.out(
            `The next run of ${connector} plans to clear ${attribute} at ${target} for ${count(people)} people.`,
          );
        }
        return 0;
      }),
    );
};
