import { ConnectorListWire, ConnectorWire } from '../../api/schemas/connectors.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

/** `attune connectors`: what is configured. */
export const registerConnectors = (cli: Cli): void => {
  cli.program
    .command('connectors')
    .argument('[id]', 'show the definition of this one')
    .description('list the connectors')
    .option('--json', 'print only JSON')
    .action((id: string | undefined, options: JsonOption) =>
      act(cli, options, async (client) => {
        if (id !== undefined) {
          const connector = await client.get(`/api/connectors/${encodeURIComponent(id)}`, ConnectorWire);
          cli.io.out(JSON.stringify(connector, null, options.json ? 0 : 2));
          return 0;
        }
        const { connectors } = await client.get('/api/connectors', ConnectorListWire);
        if (connectors.length === 0 && !options.json) cli.io.err(noneYet);
        cli.io.out(
          options.json
            ? JSON.stringify(connectors)
            : table(
                ['connector', 'version', 'managed by', 'changed', 'by'],
                connectors.map((one) => [one.id, one.version, one.managedBy, one.changedAt, one.changedBy]),
              ),
        );
        return 0;
      }),
    );
};

const noneYet =
  'No connector yet: `attune init` creates a first document, `attune serve --config <file>` starts with it.';
