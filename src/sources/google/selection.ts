import type { AttributePath } from '../../core/values.ts';
import { refusePaths } from '../refusals.ts';
import type { RefusedPath } from '../source.ts';

/** What a listing asks for: properties of the user, and the custom schemas among them. */
export type Selection = {
  readonly wanted: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  readonly schemas: ReadonlySet<string>;
  /** Whether the mapping reads the manager, so that everybody may be one. */
  readonly managers: boolean;
};

/** The properties of a user that can be read (Directory API: users resource). */
export const properties: readonly string[] = [
  'addresses agreedToTerms aliases archived changePasswordAtNextLogin creationTime customerId customSchemas',
  'deletionTime emails etag externalIds gender id ims includeInGlobalAddressList ipWhitelisted isAdmin',
  'isDelegatedAdmin isEnforcedIn2Sv isEnrolledIn2Sv isMailboxSetup keywords languages lastLoginTime locations name',
  'nonEditableAliases notes organizations orgUnitPath phones posixAccounts primaryEmail recoveryEmail recoveryPhone',
  'relations sshPublicKeys suspended suspensionReason thumbnailPhotoEtag thumbnailPhotoUrl websites',
].flatMap((line) => line.split(' '));

/** Those that are true or false. */
export const truthPaths: readonly string[] = [
  'agreedToTerms archived changePasswordAtNextLogin includeInGlobalAddressList ipWhitelisted isAdmin isDelegatedAdmin',
  'isEnforcedIn2Sv isEnrolledIn2Sv isMailboxSetup suspended',
].flatMap((line) => line.split(' '));

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
  return [
    'a user of the directory has no such property',
    'Look the property up in the Directory API’s users resource.',
  ];
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
