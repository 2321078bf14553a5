import { Option } from 'commander';
import type { MoveTo } from '../../server/move-ledger.ts';
import { actLocally, type Cli, type JsonOption } from '../act.ts';
import { dataDirOf } from '../connection.ts';

type MoveOptions = JsonOption & { readonly to: MoveTo };

/** `attune ledger move`: between the data directory and a PostgreSQL of one's own, in either direction. */
export const registerLedger = (cli: Cli): void => {
  cli.program
    .command('ledger')
    .description('look after the ledger itself')
    .command('move')
    .description('copy the ledger of the data directory to ATTUNE_DATABASE_URL, or back; nothing else may run')
    .addOption(
      new Option('--to <place>', 'where to: the database at ATTUNE_DATABASE_URL, or the data directory')
        .choices(['database', 'directory'])
        .makeOptionMandatory(),
    )
    .option('--json', 'print JSON alone')
    .action((options: MoveOptions) =>
      actLocally(cli, options, async () => {
        const { moveLedger } = await import('../../server/move-ledger.ts');
        const moved = await moveLedger(options.to, dataDirOf(cli.io.env), cli.io.env);
        const rows = [...moved.values()].reduce((sum, each) => sum + each, 0);
        cli.io.out(
          options.json
            ? JSON.stringify({ tables: Object.fromEntries(moved) })
            : `Moved ${rows.toLocaleString('en-US')} rows in ${moved.size} tables; counts and digests agree. The old place is as it was.`,
        );
        return 0;
      }),
    );
};
