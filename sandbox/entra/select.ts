import type { Person } from '../world/types.ts';
import { badRequest, graphError, Refusal } from './errors.ts';
import { badExtensionName, collections, knownProperties, notOnCollection } from './properties.ts';

const defaults = [
  'businessPhones',
  'displayName',
  'givenName',
  'id',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
];

/** Reads `$select`: known names only, and none of those Graph refuses on a collection (Graph). */
export const readSelect = (select: string | null, on: 'collection' | 'single'): string[] => {
  if (select === null || select === '') return defaults;
  const names = select.split(',').map((name) => name.trim());
  for (const name of names) {
    if (on === 'collection' && notOnCollection.has(name))
      throw new Refusal(
        graphError(501, 'NotImplemented', `The property '${name}' is not supported on the collection.`),
      );
    if (badExtensionName(name) && !knownProperties.has(name) && !notOnCollection.has(name))
      throw new Refusal(
        badRequest(
          `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.user'.`,
        ),
      );
  }
  return [...new Set(names)];
};

/** The person as asked for: a property without a value is null, a directory extension without one is absent. */
export const project = (person: Person, names: readonly string[]): Record<string, unknown> => {
  const shown: Record<string, unknown> = {};
  for (const name of names) {
    if (name in person) shown[name] = person[name];
    else if (!name.startsWith('extension_')) shown[name] = collections.has(name) ? [] : null;
  }
  return shown;
};
