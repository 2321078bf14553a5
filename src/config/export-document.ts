import { mapValues } from '../core/map-values.ts';
import { attributeRules, guardRules, type Limit, type Limits } from '../core/plan/guard.ts';
import type { JsonObject } from '../core/values.ts';
import type { ConnectorVersion } from '../ledger/connectors.ts';
import { plainJson } from './open-config.ts';
import { readable } from './readable.ts';
import type { ConnectorSettings, Definition } from './schema/document.ts';
import { isOff } from './schema/guard.ts';

/** The stored connectors as a document, and those that had to be left out, with the reason. */
export type Exported = { readonly document: JsonObject; readonly leftOut: Readonly<Record<string, string>> };

/**
 * The stored connectors as one document, all defaults written out; what reads it back gives the same versions. A
 * connector whose stored version this release cannot read is left out and reported, so that the others can still be
 * exported.
 */
export const exportDocument = (
  stored: readonly ConnectorVersion[],
  readDefinition: (definition: JsonObject) => Definition,
): Exported => {
  const definitions: Definition[] = [];
  const leftOut: Record<string, string> = {};
  for (const { connector, definition } of stored) {
    const read = readable(readDefinition, definition);
    if ('unreadable' in read) leftOut[connector] = read.unreadable.sentence;
    else definitions.push(read);
  }
  const document = plainJson({
    targets: Object.assign({}, ...definitions.map(({ targets }) => targets)),
    connectors: definitions.map(({ connector }) => ({ ...connector, guard: writtenGuard(connector.guard) })),
  });
  return { document, leftOut };
};

/** The thresholds in the words of a document, `[10%, 1000]`. */
const writtenGuard = (guard: ConnectorSettings['guard']) => ({
  ...guard,
  ...writtenLimits(guard),
  window: { over: guard.window.over, ...writtenLimits(guard.window) },
});

const writtenLimits = (limits: Limits) => ({
  ...mapValues(guardRules, (_, rule) => written(limits[rule])),
  perAttribute: mapValues(attributeRules, (_, name) => written(limits.perAttribute[name])),
});

const written = (limit: Limit): readonly [string, number] | 'off' =>
  isOff(limit) ? 'off' : [`${limit.percent}%`, limit.count];
