import { Option } from 'commander';
import { PrunedWire } from '../../api/schemas/ledger.ts';
import { table } from '../../client/table.ts';
import type { MoveTo } from '../../server/move-ledger.ts';
import { act, actLocally, type Cli, type JsonOption } from '../act.ts';
import { dataDirOf } from '../connection.ts';

type MoveOptions = JsonOption & { readonly to: MoveTo };

/**
 * `attune ledger`: moves it between the data directory and your own PostgreSQL, and removes data past its retention.
 */
export const registerLedger = (cli: Cli): void => {
  const ledger = cli.program.command('ledger').description('manage the ledger');
  ledger
    .command('move')
    .description(
      'copy the ledger of the data directory to ATTUNE_DATABASE_URL, or back; no other Attune may be running',
    )
    .addOption(
      new Option('--to <place>', 'where to: the database at ATTUNE_DATABASE_URL, or the data directory')
        .choices(['database', 'directory'])
        .makeOptionMandatory(),
    )
    .option('--json', 'print only JSON')
    .action((options: MoveOptions) =>
      actLocally(cli, options, async () => {
        const { moveLedger } = await import('../../server/move-ledger.ts');
        const moved = await moveLedger(options.to, dataDirOf(cli.io.env), cli.io.env);
        const rows = [...moved.values()].reduce((sum, each) => sum + each, 0);
        cli.io.out(
          options.json
            ? JSON.stringify({ tables: Object.fromEntries(moved) })
            : `Moved ${rows.toLocaleString('en-US')} rows in ${moved.size} tables; counts and digests agree. The original was not changed.`,
        );
        return 0;
      }),
    );

  ledger
    .command('prune')
    .description('remove data past its retention now; this also happens four times a day')
    .option('--json', 'print only JSON')
    .action((options: JsonOption) =>
      act(cli, options, async (client) => {
        const removed = new Map<string, number>();
        for (let more = true; more; ) {
          const step = await client.post('/api/ledger/prune', null, PrunedWire);
          for (const [name, rows] of Object.entries(step.removed)) removed.set(name, (removed.get(name) ?? 0) + rows);
          more = step.more;
        }
        cli.io.out(options.json ? JSON.stringify({ removed: Object.fromEntries(removed) }) : prunedText(removed));
        return 0;
      }),
    );
};

const prunedText = (removed: ReadonlyMap<string, number>): string =>
  removed.size === 0
    ? 'Nothing is past its retention.'
    : table(
        ['table', 'rows removed'],
        [...removed].map(([name, rows]) => [name, rows.toLocaleString('en-US')]),
      );
