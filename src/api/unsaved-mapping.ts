import { z } from 'zod';
import type { ReadDocument } from '../config/open-config.ts';
import type { ConnectorSettings } from '../config/schema/document.ts';
import type { ConnectorVersion } from '../ledger/connectors.ts';
import type { ApiParts } from './parts.ts';
import { JsonWire } from './schemas/json.ts';

/** The parts of a connector that an unsaved mapping may differ in; it names rows and scopes, never hosts or secrets. */
export const UnsavedMapping = z.strictObject({ scope: z.string().optional(), to: z.array(JsonWire).min(1) });

/** An unsaved mapping, checked like a whole document and with its defaults filled in; null with problems. */
export const checkUnsaved = async (
  config: ApiParts['config'],
  stored: ConnectorVersion,
  mapping: z.infer<typeof UnsavedMapping>,
): Promise<{ readonly connector: ConnectorSettings | null; readonly problems: ReadDocument['problems'] }> => {
  const { connector, targets } = config.readDefinition(stored.definition);
  // Its examples are for the stored mapping; one in the making may still differ from them.
  const { scope: _scope, examples: _examples, ...own } = connector;
  const { document, problems } = await config.readPlain({ targets, connectors: [{ ...own, ...mapping }] });
  const placed = problems.map((one) => ({ ...one, path: one.path.replace(/^connectors\[0\]/, 'mapping') }));
  return { connector: document?.connectors[0] ?? null, problems: placed };
};
