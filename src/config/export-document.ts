import { attributeRules, guardRules, type Limit, type Limits } from '../core/guard.ts';
import { mapValues } from '../core/map-values.ts';
import type { JsonObject } from '../core/values.ts';
import type { ConnectorVersion } from '../ledger/connectors.ts';
import { plainJson } from './open-config.ts';
import type { ConnectorSettings, Definition } from './schema/document.ts';
import { isOff } from './schema/guard.ts';

/** The stored connectors as one document, all defaults written out; what reads it back gives the same versions. */
export const exportDocument = (
  stored: readonly ConnectorVersion[],
  readDefinition: (definition: JsonObject) => Definition,
): JsonObject => {
  const definitions = stored.map(({ definition }) => readDefinition(definition));
  return plainJson({
    targets: Object.assign({}, ...definitions.map(({ targets }) => targets)),
    connectors: definitions.map(({ connector }) => ({ ...connector, guard: writtenGuard(connector.guard) })),
  });
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
