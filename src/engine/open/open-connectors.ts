import { type InspectSecret, oddSecretsIn } from '../../config/check/secrets.ts';
import type { Finding } from '../../config/problem.ts';
import type { Definition } from '../../config/schema/document.ts';
import type { CheckLine } from '../../core/check-line.ts';
import { Failure } from '../../core/failure.ts';
import { compileMapping } from '../../core/mapping/compile.ts';
import { labelSelection } from '../../core/people/label.ts';
import { spanMs } from '../../core/schedules/schedule.ts';
import type { ReadSecret } from '../../core/secret.ts';
import type { JsonObject } from '../../core/values.ts';
import { type ConnectorVersion, connectorVersion, currentConnector, noConnector } from '../../ledger/connectors.ts';
import type { Ledger } from '../../ledger/open.ts';
import type { SourceDefinition } from '../../sources/source.ts';
import type { TargetDefinition } from '../../targets/target.ts';
import type { OpenConnector, OpenTarget } from './connector.ts';
import { todaysTargets } from './todays-targets.ts';

/** What connectors are opened with: the registries of both families, how a stored version is read, and a secret. */
export type ConnectorDeps = {
  readonly ledger: Ledger;
  readonly sources: ReadonlyMap<string, SourceDefinition<unknown>>;
  readonly targets: ReadonlyMap<string, TargetDefinition<unknown>>;
  readonly readDefinition: (stored: JsonObject) => Definition;
  /** Reads a secret, and tells what is unusual about how it is stored. */
  readonly inspectSecret: InspectSecret;
};

/** Opens versions of connectors for the activities of one worker process, each once. */
export type OpenConnectors = {
  /** The current version for null; a given unsaved mapping replaces its own and is not stored. */
  readonly open: (connector: string, version: number | null, mapping?: JsonObject | null) => Promise<OpenConnector>;
  /** What is unusual about the secrets the present version names. */
  readonly oddSecrets: (connector: string) => Promise<OddSecrets>;
  /** Ends the sessions at all targets. */
  readonly close: () => Promise<void>;
};

/** What is unusual about the secrets of a connector's source and of each of its targets, as lines of a check. */
export type OddSecrets = {
  readonly source: readonly CheckLine[];
  readonly targets: Readonly<Record<string, readonly CheckLine[]>>;
};

/**
 * A run keeps to its version, but for how targets are worked with: there today's settings count (`todaysTargets`).
 * One source per version and one target per target's settings: a target that several connectors or versions share has
 * one session in this process, and logs in once.
 */
export const openConnectors = (deps: ConnectorDeps): OpenConnectors => {
  const secret: ReadSecret = async (reference) => (await deps.inspectSecret(reference)).secret;
  const versions = new Map<string, OpenConnector>();
  const shared = new Map<string, OpenTarget>();
  const openTarget = (id: string, settings: Definition['targets'][string]): OpenTarget => {
    const key = JSON.stringify([id, settings]);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const { open, load } = definitionOf(deps.targets, settings.kind);
    const { inFlight, writeHours } = load(settings);
    const opened = { ...open(settings, { secret }), id, inFlight, writeHours };
    shared.set(key, opened);
    return opened;
  };
  const openVersion = (
    stored: ConnectorVersion,
    today: ConnectorVersion,
    mapping: JsonObject | null,
  ): OpenConnector => {
    const { connector, targets: planned } = deps.readDefinition(
      mapping === null ? stored.definition : withMapping(stored.definition, mapping),
    );
    const targets =
      stored.version === today.version
        ? planned
        : todaysTargets(planned, deps.readDefinition(today.definition).targets);
    const opened = new Map(Object.entries(targets).map(([id, settings]) => [id, openTarget(id, settings)]));
    const attributes = new Map([...opened].map(([id, { attributes: rules }]) => [id, rules]));
    const source = definitionOf(deps.sources, connector.source.kind).open(connector.source, { secret });
    const compiled = compileMapping(connector, { attributes });
    const selection = [...new Set([...compiled.selection, ...labelSelection(source.label)])];
    return {
      id: connector.id,
      version: stored.version,
      source,
      targets: opened,
      mapping: { ...compiled, selection },
      guard: connector.guard,
      patienceMs: spanMs(connector.patience),
      ...(connector.rollout === undefined ? {} : { rollout: connector.rollout }),
      leavers: connector.leavers,
    };
  };
  return {
    open: async (id, version, mapping = null) => {
      const today = await currentConnector(deps.ledger, id);
      if (today === null) throw noConnector(id, 'config');
      const isToday = version === null || version === today.version;
      const stored = isToday ? today : await connectorVersion(deps.ledger, id, version);
      if (stored === null) {
        throw new Failure('config', `Version ${version} of the connector "${id}" is gone.`, {
          remedy: 'Start a new run, which uses the current version.',
        });
      }
      if (mapping !== null) return openVersion(stored, today, mapping);
      const key = `${id}@${stored.version}/${today.version}`;
      const opened = versions.get(key) ?? openVersion(stored, today, null);
      versions.set(key, opened);
      return opened;
    },
    oddSecrets: async (id) => {
      const today = await currentConnector(deps.ledger, id);
      if (today === null) return { source: [], targets: {} };
      const { connector, targets } = deps.readDefinition(today.definition);
      const oddIn = async (settings: object) => (await oddSecretsIn(settings, deps.inspectSecret)).map(oddLine);
      const odd: Record<string, readonly CheckLine[]> = {};
      for (const [name, settings] of Object.entries(targets)) odd[name] = await oddIn(settings);
      return { source: await oddIn(connector.source), targets: odd };
    },
    close: async () => {
      await Promise.allSettled([...shared.values()].map((target) => target.close()));
    },
  };
};

/** A note, for a password may really end with a space. */
const oddLine = ({ message, remedy }: Finding): CheckLine => ({
  what: 'how the secret is stored',
  ok: true,
  found: message,
  remedy,
});

/** A definition with another scope and mapping; whatever else a question may say is left out. */
const withMapping = (definition: JsonObject, { scope, to }: JsonObject): JsonObject => {
  const own = Object.entries(definition.connector ?? {}).filter(([name]) => name !== 'scope' && name !== 'to');
  const given = Object.entries({ scope, to }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return { ...definition, connector: Object.fromEntries([...own, ...given]) };
};

const definitionOf = <Definition_>(kinds: ReadonlyMap<string, Definition_>, kind: string): Definition_ => {
  const definition = kinds.get(kind);
  if (definition !== undefined) return definition;
  throw new Failure('config', `This release of Attune does not know the kind "${kind}".`, {
    remedy: 'Every worker must run the same release.',
  });
};
