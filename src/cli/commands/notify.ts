import { NotifyTestWire } from '../../api/schemas/notify.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune notify test`: sends a test to every receiver of a connector's notices. */
export const registerNotify = (cli: Cli): void => {
  cli.program
    .command('notify')
    .description('notices of changes of state')
    .command('test')
    .argument('<connector>')
    .description("send a test notice to every receiver of a connector's notices")
    .option('--json', 'print only JSON')
    .action((connector: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const path = `/api/connectors/${encodeURIComponent(connector)}/notify/test`;
        const { receivers } = await client.post(path, null, NotifyTestWire);
        const rows = receivers.map(({ receiver, ok, found }) => [receiver, ok ? 'ok' : 'FAIL', found]);
        const nobody = 'The connector has no receivers under `notify`.';
        if (options.json) cli.io.out(JSON.stringify(receivers));
        else cli.io.out(rows.length === 0 ? nobody : table(['receiver', '', 'found'], rows));
        return receivers.every(({ ok }) => ok) ? 0 : 1;
      }),
    );
};
