import { WhatIfWire } from '../../api/schemas/what-if.ts';
import type { Client } from '../../client/client.ts';
import { whatIfText } from '../../client/what-if-text.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { mappingOf, readRight } from '../document-file.ts';

type WhatIfOptions = JsonOption & { readonly document: string };

/** Everybody is gone through: a large directory takes minutes. */
const waitMs = 600_000;

/** `attune what-if`: what another mapping would make of everybody as last read. */
export const registerWhatIf = (cli: Cli, load: () => Promise<ConfigTools>): void => {
  cli.program
    .command('what-if')
    .argument('<connector>')
    .description('tell what a document would make of everybody as last read; asks nobody and writes nothing')
    .requiredOption('--document <file>', 'the document to try; its scope and mapping count')
    .option('--json', 'print JSON alone')
    .action((connector: string, options: WhatIfOptions) =>
      act(cli, options, async (client) => {
        const { document: file, json } = options;
        const mapping = mappingOf(await readRight(file, load), file, connector);
        const found = await askWhatIf(client, connector, mapping);
        cli.io.out(json ? JSON.stringify(found) : whatIfText(found));
        return 0;
      }),
    );
};

/** What a mapping that is not stored would make of everybody as last read. */
export const askWhatIf = (client: Client, id: string, mapping: object): Promise<WhatIfWire> =>
  client.post(`/api/connectors/${encodeURIComponent(id)}/what-if`, { mapping }, WhatIfWire, {}, waitMs);
