import type { Command } from 'commander';
import { DiffWire } from '../../api/schemas/document.ts';
import type { WhatIfWire } from '../../api/schemas/what-if.ts';
import type { Client } from '../../client/client.ts';
import { count } from '../../client/table.ts';
import { whatIfText } from '../../client/what-if-text.ts';
import type { Document } from '../../config/schema/document.ts';
import { isFailure } from '../../core/failure.ts';
import { act, type Cli, type JsonOption } from '../act.ts';
import type { ConfigTools } from '../config-tools.ts';
import { mappingOf, readRight } from '../document-file.ts';
import { askWhatIf } from './what-if.ts';

type DiffOptions = JsonOption & { readonly impact?: boolean };

/** `attune config diff`: what storing a document would change, and which values it would leave behind. */
export const registerDiff = (cli: Cli, config: Command, load: () => Promise<ConfigTools>): void => {
  config
    .command('diff')
    .argument('<file>')
    .description('show how a document differs from what is stored, and what its removed rows leave behind')
    .option('--impact', 'also tell what each connector that differs would make of everybody as last read')
    .option('--json', 'print only JSON')
    .action((file: string, options: DiffOptions) =>
      act(cli, options, async (client) => {
        const document = await readRight(file, load);
        const found = await client.post('/api/document/diff', { document }, DiffWire);
        const impacts = options.impact ? await impactsOf(client, { document, file }, found) : new Map<string, Impact>();
        if (options.json) {
          const connectors = found.connectors.map((one) => ({ ...one, impact: impacts.get(one.id) ?? null }));
          cli.io.out(JSON.stringify(options.impact ? { connectors } : found));
        } else {
          const texts = found.connectors.map((one) => [diffText(one), impactText(impacts.get(one.id))].join(''));
          cli.io.out(texts.join('\n\n'));
        }
        return 0;
      }),
    );
};

/** What a connector would make of everybody, or why that cannot be told. */
type Impact = WhatIfWire | { readonly untold: string };

const impactsOf = async (
  client: Client,
  { document, file }: { readonly document: Document; readonly file: string },
  { connectors }: DiffWire,
): Promise<ReadonlyMap<string, Impact>> => {
  const impacts = new Map<string, Impact>();
  for (const { id, version, differences } of connectors) {
    if (version === null || differences.length === 0) continue;
    try {
      impacts.set(id, await askWhatIf(client, id, mappingOf(document, file, id)));
    } catch (error) {
      // What cannot be told of one connector, as without a read of everybody, hides nothing of the others.
      if (!isFailure(error) || (error.kind !== 'conflict' && error.kind !== 'config')) throw error;
      impacts.set(id, { untold: error.sentence });
    }
  }
  return impacts;
};

const impactText = (impact: Impact | undefined): string => {
  if (impact === undefined) return '';
  return `\n\n${'untold' in impact ? `  Its impact cannot be told: ${impact.untold}` : whatIfText(impact)}`;
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
