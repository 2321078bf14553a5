import { z } from 'zod';
import { Failure } from '../core/failure.ts';
import type { CountRequests } from '../core/plan/requests.ts';
import type { TargetAttributes } from '../core/profile.ts';
import type { JsonObject } from '../core/values.ts';
import { checkDocument, type TargetKind } from './check/document.ts';
import { checkExamples } from './check/examples.ts';
import type { SourceKind } from './check/paths.ts';
import { checkSecrets, type InspectSecret } from './check/secrets.ts';
import { findingsOf, wordsOf } from './issues.ts';
import { lookupReader } from './lookups.ts';
import { type Finding, type Problem, pathText } from './problem.ts';
import { anyKind, byKind } from './schema/by-kind.ts';
import { described } from './schema/descriptions.ts';
import { connectorSchema, type Definition, type Document, documentSchema } from './schema/document.ts';
import { parseYaml } from './yaml.ts';

/** The providers a document may name. */
export type ConfigKinds = {
  readonly sources: ReadonlyMap<string, SourceKind>;
  readonly targets: ReadonlyMap<string, TargetKind>;
};

/** A document that was read: null when a problem is an error. */
export type ReadDocument = { readonly document: Document | null; readonly problems: readonly Problem[] };

/** The directory of a document, and how secrets are read there. */
export type DocumentPlace = { readonly baseDir?: string; readonly secret?: InspectSecret };

/** All that is done with documents, for the providers this program knows. */
export type Config = {
  /**
   * Reports everything wrong with a document at once, without any connection; lookup files are below `baseDir`. With
   * `secret` it also warns of secrets that cannot be read here.
   */
  readonly readDocument: (text: string, place?: DocumentPlace) => Promise<ReadDocument>;
  /**
   * The same for a document that is data already, as the API gets it; lookups stand in it as tables. `at` is called
   * with the path of each example before it runs.
   */
  readonly readPlain: (value: unknown, at?: (path: string) => void) => Promise<ReadDocument>;
  /** Reads a stored version back; throws `config` when this release does not understand it. */
  readonly readDefinition: (stored: JsonObject) => Definition;
  /**
   * How the requests of a plan are counted at a target as a stored version has it; null if it has no such target, or not
   * in a form that this release understands.
   */
  readonly requestsAt: (stored: JsonObject, target: string) => CountRequests | null;
  /** The JSON Schema that editors complete by. */
  readonly jsonSchema: () => object;
};

/** Opens documents over the registries of sources and targets. */
export const openConfig = ({ sources, targets }: ConfigKinds): Config => {
  const source = byKind(sources);
  const target = byKind(targets);
  const whole = documentSchema(source, target);
  const stored = z.strictObject({ connector: connectorSchema(source), targets: z.record(z.string(), target) });
  const plainSchema = (): object =>
    z.toJSONSchema(documentSchema(anyKind(sources), anyKind(targets)), { io: 'input', unrepresentable: 'any' });
  const jsonSchema = (): object => ({
    title: 'A document of Attune',
    ...z.looseObject({}).parse(described(plainSchema())),
  });
  const words = wordsOf(plainSchema());

  const read = async (value: unknown, baseDir: string | null, at: (path: string) => void = () => undefined) => {
    const parsed = whole.safeParse(value);
    const findings: Finding[] = parsed.success ? [] : findingsOf(parsed.error, value, words);
    findings.push(...checkDocument(value, sources, targets, Date.now()));
    const inlineLookups = lookupReader(baseDir, (finding) => findings.push(finding));
    const connectors = parsed.data?.connectors.map((connector, index) => ({
      ...connector,
      to: connector.to.map((to, at) => inlineLookups(to, ['connectors', index, 'to', at])),
    }));
    if (!parsed.success || connectors === undefined || hasError(findings)) return { document: null, findings };
    const document: Document = { targets: parsed.data.targets, connectors };
    // Examples need a mapping that can be run, so they come last.
    const attributes = attributesOf(document.targets, targets);
    for (const [index, connector] of connectors.entries()) {
      findings.push(...(await checkExamples(connector, attributes, ['connectors', index], at)));
    }
    return { document: hasError(findings) ? null : document, findings };
  };

  const readDocument: Config['readDocument'] = async (text, { baseDir = null, secret } = {}) => {
    const { value, problems, locate } = parseYaml(text);
    if (problems.length > 0 && value === null) return { document: null, problems };
    const { document, findings } = await read(value, baseDir);
    if (document !== null && secret !== undefined) findings.push(...(await checkSecrets(document, secret)));
    const all = [...problems, ...findings.map(locate)].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    return { document: problems.length > 0 ? null : document, problems: all };
  };

  const readPlain: Config['readPlain'] = async (value, at) => {
    const { document, findings } = await read(value, null, at);
    return { document, problems: findings.map(({ place, ...rest }) => ({ ...rest, path: pathText(place) })) };
  };

  const readDefinition = (plain: JsonObject): Definition => {
    const parsed = stored.safeParse(plain);
    if (!parsed.success) throw notUnderstood(findingsOf(parsed.error, plain, []));
    const { connector } = parsed.data;
    const findings: Finding[] = [];
    const inlineLookups = lookupReader(null, (finding) => findings.push(finding));
    const to = connector.to.map((one, at) => inlineLookups(one, ['to', at]));
    if (findings.length > 0) throw notUnderstood(findings);
    return { connector: { ...connector, to }, targets: parsed.data.targets };
  };

  const requestsAt: Config['requestsAt'] = (plain, name) => {
    const parsed = z.looseObject({ targets: z.looseObject({ [name]: target }) }).safeParse(plain);
    const settings = parsed.data?.targets[name];
    return settings === undefined ? null : (targets.get(settings.kind)?.requests(settings) ?? null);
  };

  return { readDocument, readPlain, readDefinition, requestsAt, jsonSchema };
};

const hasError = (findings: readonly Finding[]): boolean => findings.some((one) => one.severity === 'error');

const attributesOf = (
  settings: Document['targets'],
  kinds: ConfigKinds['targets'],
): ReadonlyMap<string, TargetAttributes> =>
  new Map(
    Object.entries(settings).flatMap(([name, one]) => {
      const kind = kinds.get(one.kind);
      return kind === undefined ? [] : [[name, kind.attributes(one)] as const];
    }),
  );

const notUnderstood = (findings: readonly Finding[]): Failure => {
  const places = findings.map(({ place }) => pathText(place)).join(', ');
  return new Failure('config', `This stored version of a connector cannot be used: see ${places}.`, {
    remedy: 'It was stored by another release: apply the document again with this release.',
  });
};

const json = z.record(z.string(), z.json());

/** A definition as plain JSON, to be stored. */
export const storedOf = (definition: Definition): JsonObject => plainJson(definition);

/** A value without what JSON does not know. */
export const plainJson = (value: object): JsonObject => json.parse(JSON.parse(JSON.stringify(value)));
