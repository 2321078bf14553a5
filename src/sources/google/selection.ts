import { closest } from '../../core/closest.ts';
import type { AttributePath } from '../../core/values.ts';
import { isGroups, nameTheGroup } from '../groups.ts';
import { refusePaths } from '../refusals.ts';
import type { RefusedPath } from '../source.ts';
import { namesElsewhere, properties } from './usual-paths.ts';

/** What a listing asks for: properties of the user, and the custom schemas among them. */
export type Selection = {
  readonly wanted: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  readonly schemas: ReadonlySet<string>;
  /** Whether the mapping reads the manager, so that everybody may be one. */
  readonly managers: boolean;
};

/** What managers are named by, and what they can be named by. */
const naming = ['relations', 'primaryEmail', 'aliases', 'nonEditableAliases'];

/** Works out the selection for mapping paths; an attribute of the manager is read of everybody, who may be one. */
export const selectionOf = (paths: readonly AttributePath[]): Selection => {
  refusePaths('Google', refusedPaths(paths));
  const wanted = new Set<string>();
  const schemas = new Set<string>();
  for (const path of paths) {
    const [first = '', second] = path.replace(/^manager\./, '').split('.');
    wanted.add(first);
    if (first === 'customSchemas' && second !== undefined) schemas.add(second);
  }
  const managers = paths.some((path) => path.startsWith('manager.'));
  if (managers) for (const name of naming) wanted.add(name);
  return { wanted, asked: new Set(['id', 'suspended', 'archived', ...wanted]), schemas, managers };
};

/** The paths no user of the directory has. */
export const refusedPaths = (paths: readonly AttributePath[]): readonly RefusedPath[] =>
  paths.flatMap((path) => {
    const reason = reasonAgainst(path.split('.'), true);
    return reason === null ? [] : [{ path, why: reason[0], remedy: reason[1] }];
  });

const reasonAgainst = (
  [first = '', ...rest]: readonly string[],
  managerToo: boolean,
): readonly [why: string, remedy: string] | null => {
  if (first === 'manager') {
    if (!managerToo) return ['it is the manager of a manager', 'Only attributes of the manager can be mapped.'];
    return rest.length === 0
      ? ['it is a person, not a value', 'Name an attribute: manager.name.fullName.']
      : reasonAgainst(rest, false);
  }
  if (first === 'customSchemas' && rest.length < 2) {
    return ['it is more than one attribute', 'Name the schema and the field: customSchemas.Employment.badge.'];
  }
  if (properties.includes(first)) return null;
  if (first === 'kind') return ['it is the same for everybody', 'Map another property.'];
  return ['a user of the directory has no such property', remedyFor(first, managerToo ? '' : 'manager.')];
};

/** Where an unknown name most likely leads. */
const remedyFor = (name: string, before: string): string => {
  if (isGroups.test(name)) return nameTheGroup;
  if (name === 'user') return 'Write the attribute alone, as in primaryEmail.';
  const word = name.toLowerCase();
  const elsewhere = Object.hasOwn(namesElsewhere, word) ? namesElsewhere[word] : undefined;
  const meant = elsewhere ?? closest(name, properties);
  if (meant === null) return 'A field of your own is customSchemas.<schema>.<field>; `attune attributes` lists them.';
  return `Did you mean ${before}${meant}?`;
};

/** The query parameters that select (Directory API: partial responses, custom fields). */
export const queryOf = ({
  asked,
  schemas,
}: Selection): { readonly users: string; readonly query: Readonly<Record<string, string>> } => ({
  users: [...asked].join(','),
  query:
    schemas.size === 0 ? { projection: 'basic' } : { projection: 'custom', customFieldMask: [...schemas].join(',') },
});
