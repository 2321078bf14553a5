import { ExplanationWire } from '../../api/schemas/connectors.ts';
import { explanationText } from '../../client/explain-text.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { mappingOf, readRight } from '../document-file.ts';

type ExplainOptions = JsonOption & { readonly config?: string };

/** `attune explain`: what a run would do for one person, step by step; with a document, by its mapping. */
export const registerExplain = (cli: Cli, load: () => Promise<ConfigTools>): void => {
  cli.program
    .command('explain')
    .argument('<connector>')
    .argument('<user>', 'an id, login or mail')
    .description('show every step from a person at the source to what a run would write; writes nothing')
    .option('--config <file>', "take scope, match and attributes from this document instead of the stored connector's")
    .option('--json', 'print only JSON')
    .action((connector: string, user: string, options: ExplainOptions) =>
      act(cli, options, async (client) => {
        const { config: file } = options;
        const mapping = file === undefined ? null : mappingOf(await readRight(file, load), file, connector);
        const path = `/api/connectors/${encodeURIComponent(connector)}/explain`;
        const told = await client.post(path, { user, ...(mapping === null ? {} : { mapping }) }, ExplanationWire);
        cli.io.out(options.json ? JSON.stringify(told) : explanationText(told));
        return 0;
      }),
    );
};
