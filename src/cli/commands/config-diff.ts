import type { Command } from 'commander';
import { DiffWire } from '../../api/schemas/document.ts';
import { count } from '../../client/table.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { readRight } from '../document-file.ts';

/** `attune config diff`: what storing a document would change, and which values it would leave behind. */
export const registerDiff = (cli: Cli, config: Command, load: () => Promise<ConfigTools>): void => {
  config
    .command('diff')
    .argument('<file>')
    .description('show how a document differs from what is stored, and what its removed rows leave behind')
    .option('--json', 'print only JSON')
    .action((file: string, options: JsonOption) =>
      act(cli, options, async (client) => {
        const found = await client.post('/api/document/diff', { document: await readRight(file, load) }, DiffWire);
        cli.io.out(options.json ? JSON.stringify(found) : found.connectors.map(diffText).join('\n\n'));
        return 0;
      }),
    );
};

const diffText = ({ id, version, differences, orphans }: DiffWire['connectors'][number]): string => {
  if (version === null) return `${id}: new`;
  const head = `${id}: ${differences.length === 0 ? `as stored (version ${version})` : `differs from version ${version}`}`;
  const lines = differences.flatMap(({ path, before, after }) => [
    `  ${path}`,
    ...(before === null ? [] : [`    - ${JSON.stringify(before)}`]),
    ...(after === null ? [] : [`    + ${JSON.stringify(after)}`]),
  ]);
  const left = orphans.map(
    ({ target, attribute, people }) =>
      `  orphaned: ${attribute} at ${target}, for ${count(people)} people (attune config apply --clear-removed)`,
  );
  return [head, ...lines, ...left].join('\n');
};
