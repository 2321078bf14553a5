import { z } from 'zod';
import { isFailure } from '../../core/failure.ts';
import type { ReadSecret } from '../../core/secret.ts';
import type { Finding, Place } from '../problem.ts';
import type { Document } from '../schema/document.ts';

const reference = z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]);
type Reference = z.infer<typeof reference>;

/** The secrets of a document that cannot be read here and now: a doubt only, for a worker elsewhere may have them. */
export const checkSecrets = async (document: Document, secret: ReadSecret): Promise<Finding[]> => {
  const named = [
    ...Object.entries(document.targets).flatMap(([name, settings]) => referencesIn(settings, ['targets', name])),
    ...document.connectors.flatMap(({ source }, index) => referencesIn(source, ['connectors', index, 'source'])),
  ];
  const findings: Finding[] = [];
  for (const { reference: asked, place } of named) {
    try {
      await secret(asked);
    } catch (error) {
      if (!isFailure(error)) throw error;
      const remedy = `${error.facts.remedy ?? 'Provide it.'} (It was looked up where the check ran.)`;
      findings.push({ severity: 'warning', place, message: error.message, remedy });
    }
  }
  return findings;
};

/** Every secret that settings name; `tls.ca` is a file too, but no secret. */
const referencesIn = (value: unknown, place: Place): { readonly reference: Reference; readonly place: Place }[] => {
  if (place.at(-1) === 'tls') return [];
  const parsed = reference.safeParse(value);
  if (parsed.success) return [{ reference: parsed.data, place }];
  const inner = z.record(z.string(), z.unknown()).safeParse(value);
  return inner.success ? Object.entries(inner.data).flatMap(([name, one]) => referencesIn(one, [...place, name])) : [];
};
