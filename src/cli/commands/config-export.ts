import type { Command } from 'commander';
import { stringify } from 'yaml';
import { DocumentWire } from '../../api/schemas/document.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune config export`: everything that is stored, as one document with its defaults written out. */
export const registerExport = (cli: Cli, config: Command): void => {
  config
    .command('export')
    .description('print all connectors as one document, with every default written out')
    .option('--json', 'print only JSON')
    .action((options: JsonOption) =>
      act(cli, options, async (client) => {
        const { document, leftOut } = await client.get('/api/document', DocumentWire);
        cli.io.out(options.json ? JSON.stringify(document) : stringify(document, { lineWidth: 120 }).trimEnd());
        const missing = Object.entries(leftOut);
        for (const [id, why] of missing) cli.io.err(`The connector ${id} is left out. ${why}`);
        return missing.length === 0 ? 0 : 1;
      }),
    );
};
