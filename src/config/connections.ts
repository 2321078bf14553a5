import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { plainJson } from './open-config.ts';
import type { Definition } from './schema/document.ts';

/**
 * Settings of a source and of a target that send no secret anywhere: who takes part, what is never written, how much at
 * once. Everything else counts as part of the connection, so that a setting added later is guarded until it is named here.
 */
const harmless = {
  source: new Set(['people', 'groups', 'manager']),
  target: new Set(['inFlight', 'writeHours', 'never', 'readBack', 'store', 'remoteApi']),
};

/**
 * The places of a definition where it would reach another service, or reach one with other credentials, than a
 * definition that is stored: `source.url`, `targets.jira.auth`. A new connector may use connections that others have.
 */
export const changedConnections = (definition: Definition, stored: readonly Definition[]): readonly string[] => {
  const id = definition.connector.id;
  const own = stored.find((one) => one.connector.id === id);
  const sources = (own === undefined ? stored : [own]).map((one) => one.connector.source);
  const changes = nearest('source', definition.connector.source, sources, harmless.source);
  for (const [name, settings] of Object.entries(definition.targets)) {
    const known = stored.flatMap(({ targets }) => (targets[name] === undefined ? [] : [targets[name]]));
    changes.push(...nearest(`targets.${name}`, settings, known, harmless.target));
  }
  changes.push(...newSecrets(definition, stored));
  return changes;
};

/** Where settings differ from the most alike of those known; the place itself where none is known. */
const nearest = (place: string, settings: object, known: readonly object[], free: ReadonlySet<string>): string[] => {
  const differences = known.map((one) => differing(settings, one, free));
  const least = differences.toSorted((a, b) => a.length - b.length)[0];
  return least === undefined ? [place] : least.map((key) => `${place}.${key}`);
};

const differing = (left: object, right: object, free: ReadonlySet<string>): string[] => {
  const [a, b] = [plainJson(left), plainJson(right)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => !free.has(key) && !isDeepStrictEqual(a[key], b[key]),
  );
};

const reference = z.union([
  z.strictObject({ env: z.string().startsWith('ATTUNE_SECRET_') }),
  z.strictObject({ file: z.string() }),
]);
const parts = z.record(z.string(), z.unknown());

/** Names of secrets elsewhere in a connector (the address of a notice is one) that no stored definition names there. */
const newSecrets = ({ connector }: Definition, stored: readonly Definition[]): string[] => {
  const known = new Set(stored.flatMap((one) => secretsOf(one.connector.id === connector.id ? one.connector : {}, '')));
  return secretsOf(connector, '').filter((one) => !known.has(one));
};

const secretsOf = (value: unknown, place: string): string[] => {
  const named = reference.safeParse(value);
  if (named.success) return [`${place.slice(1)} (${'env' in named.data ? named.data.env : named.data.file})`];
  if (Array.isArray(value)) return value.flatMap((one: unknown) => secretsOf(one, place));
  const object = parts.safeParse(value);
  if (!object.success) return [];
  return Object.entries(object.data).flatMap(([key, one]) =>
    key === 'source' && place === '' ? [] : secretsOf(one, `${place}.${key}`),
  );
};
