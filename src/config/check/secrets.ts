import { z } from 'zod';
import { isFailure } from '../../core/failure.ts';
import { doubtful, type Finding, type Place } from '../problem.ts';
import type { Document } from '../schema/document.ts';
import type { StoredSecret } from '../secrets.ts';

const reference = z.union([z.strictObject({ env: z.string() }), z.strictObject({ file: z.string() })]);
type Reference = z.infer<typeof reference>;

/** Reads a secret and tells what is unusual about the way it is stored. */
export type InspectSecret = (reference: Reference) => Promise<StoredSecret>;

/**
 * The secrets of a document that cannot be read here and now, or are odd: doubts only, for a worker elsewhere may have
 * them, and a password may end with a space.
 */
export const checkSecrets = async (document: Document, inspect: InspectSecret): Promise<Finding[]> => {
  const named = [
    ...Object.entries(document.targets).flatMap(([name, settings]) => referencesIn(settings, ['targets', name])),
    ...document.connectors.flatMap(({ source, notify }, index) => [
      ...referencesIn(source, ['connectors', index, 'source']),
      ...notify.flatMap((hook, at) => referencesIn(hook, ['connectors', index, 'notify', at])),
    ]),
  ];
  const findings: Finding[] = [];
  for (const { reference: asked, place } of named) {
    try {
      findings.push(...oddityOf(asked, place, await inspect(asked)));
    } catch (error) {
      if (!isFailure(error)) throw error;
      findings.push(doubtful(place, error.message, `${error.facts.remedy ?? 'Provide it.'} ${lookedUp}`));
    }
  }
  return findings;
};

/** What is unusual about the secrets that settings name; one that cannot be read is reported by the sign-in. */
export const oddSecretsIn = async (settings: object, inspect: InspectSecret): Promise<readonly Finding[]> => {
  const all = await Promise.all(
    referencesIn(settings, []).map(async ({ reference: asked, place }) => {
      const stored = await inspect(asked).catch((error: unknown) => {
        if (isFailure(error)) return null;
        throw error;
      });
      return stored === null ? [] : oddityOf(asked, place, stored);
    }),
  );
  return all.flat();
};

const lookedUp = '(Looked up on the machine that ran the check.)';

const oddityOf = (asked: Reference, place: Place, { odd }: StoredSecret): readonly Finding[] => {
  const where = 'env' in asked ? asked.env : `the file ${asked.file}`;
  const remedy = `Store it again if this is not intended. ${lookedUp}`;
  return odd.length === 0 ? [] : [doubtful(place, `The secret in ${where} looks unusual: ${odd.join('; ')}.`, remedy)];
};

/** Every secret that settings name; `tls.ca` is a file too, but no secret. */
const referencesIn = (value: unknown, place: Place): { readonly reference: Reference; readonly place: Place }[] => {
  if (place.at(-1) === 'tls') return [];
  const parsed = reference.safeParse(value);
  if (parsed.success) return [{ reference: parsed.data, place }];
  const inner = z.record(z.string(), z.unknown()).safeParse(value);
  return inner.success ? Object.entries(inner.data).flatMap(([name, one]) => referencesIn(one, [...place, name])) : [];
};
