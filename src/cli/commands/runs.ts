import { InvalidArgumentError } from 'commander';
import { RunListWire, type RunSummaryWire } from '../../api/schemas/runs.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune runs`: the newest runs. */
export const registerRuns = (cli: Cli): void => {
  cli.program
    .command('runs')
    .description('list the newest runs')
    .option('--connector <id>', 'only of this connector')
    .option('--limit <n>', 'how many at most, up to 200', parseLimit, 20)
    .option('--json', 'print only JSON')
    .action((options: JsonOption & { connector?: string; limit: number }) =>
      act(cli, options, async (client) => {
        const query = new URLSearchParams({ limit: String(options.limit) });
        if (options.connector !== undefined) query.set('connector', options.connector);
        const { runs } = await client.get(`/api/runs?${query}`, RunListWire);
        if (runs.length === 0 && !options.json) cli.io.err(noneYet);
        cli.io.out(
          options.json
            ? JSON.stringify(runs)
            : table(
                ['run', 'connector', 'kind', 'status', 'started', 'by'],
                runs.map((run) => [run.id, run.connector, kindOf(run), run.status, run.startedAt, run.startedBy]),
              ),
        );
        return 0;
      }),
    );
};

const kindOf = ({ mode, person, retryOf, heldFrom }: RunSummaryWire): string => {
  if (person !== null) return 'one person';
  if (heldFrom !== null) return 'held part';
  return retryOf === null ? mode : `retry of ${retryOf}`;
};

const noneYet = 'No run yet: `attune sync <connector> --plan` compares everybody and writes nothing.';

const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 200) return limit;
  throw new InvalidArgumentError('Use a number from 1 to 200.');
};
