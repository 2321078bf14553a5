import { SourceAttributesWire } from '../../api/schemas/connectors.ts';
import { table } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';

const longestExample = 60;

/** `attune attributes`: the paths a source offers, to choose from. */
export const registerAttributes = (cli: Cli): void => {
  cli.program
    .command('attributes')
    .argument('<connector>')
    .description("list the attributes that a connector's source offers, each with an example")
    .option('--json', 'print only JSON')
    .action((connector: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const path = `/api/connectors/${encodeURIComponent(connector)}/source-attributes`;
        const { attributes } = await client.get(path, SourceAttributesWire);
        const rows = attributes.map(({ path: of, type, example }) => {
          const text = JSON.stringify(example);
          return [of, type, text.length > longestExample ? `${text.slice(0, longestExample)}...` : text] as const;
        });
        cli.io.out(options.json ? JSON.stringify(attributes) : table(['path', 'type', 'example'], rows));
        return 0;
      }),
    );
};
