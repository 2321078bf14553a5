import { ParityWire } from '../../api/schemas/parity.ts';
import { StartedWire } from '../../api/schemas/runs.ts';
import type { Client } from '../../client/client.ts';
import { followRun } from '../../client/follow.ts';
import { parityText } from '../../client/parity-text.ts';
import { runText } from '../../client/run-text.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import { createDisplay } from '../display.ts';
import { type ExitCode, exitCodeOf } from '../exit-code.ts';

type ParityOptions = JsonOption & { readonly run?: string };

/** `attune parity`: how what the targets hold compares with the directory, read now or as an earlier run found it. */
export const registerParity = (cli: Cli): void => {
  cli.program
    .command('parity')
    .argument('[connector]')
    .description('compare what the targets hold with the directory, attribute by attribute; writes nothing')
    .option('--run <run>', 'show what this run found at first contact, without reading anything again')
    .option('--json', 'print only JSON')
    .action((connector: string | undefined, options: ParityOptions) => {
      if ((connector === undefined) === (options.run === undefined)) {
        cli.program.error('error: name either a connector, to read it now, or a run with --run');
      }
      return act(cli, options, async (client) => {
        const ended = connector === undefined ? null : await readNow(cli, client, connector, options);
        if (ended?.found === false) return ended.code;
        const run = options.run ?? ended?.run ?? '';
        const parity = await client.get(`/api/runs/${encodeURIComponent(run)}/parity`, ParityWire);
        cli.io.out(options.json ? JSON.stringify(parity) : parityText(parity));
        return ended?.code ?? 0;
      });
    });
};

type ReadNow = { readonly run: string; readonly found: boolean; readonly code: ExitCode };

/** Reads everybody and every account, and plans only. If the run makes no plan, its end is reported. */
const readNow = async ({ io }: Cli, client: Client, connector: string, { json }: ParityOptions): Promise<ReadNow> => {
  const body = { mode: 'verify', intent: 'plan' };
  const { run } = await client.post(`/api/connectors/${encodeURIComponent(connector)}/runs`, body, StartedWire);
  const ended = await followRun(client, run, await createDisplay(io, json ?? false));
  const found = ended.status === 'planned';
  if (!found) io.out(json ? JSON.stringify(ended.report ?? ended) : runText(ended));
  return { run, found, code: exitCodeOf(ended) };
};
