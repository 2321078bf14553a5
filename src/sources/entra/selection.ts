import { closest } from '../../core/closest.ts';
import type { AttributePath } from '../../core/values.ts';
import { nameTheGroup } from '../groups.ts';
import { refusePaths } from '../refusals.ts';
import type { RefusedPath } from '../source.ts';
import { namesElsewhere, ownPaths, properties } from './usual-paths.ts';

/** What a listing asks Graph for: properties of the person in one or more requests, and properties of the manager. */
export type Selection = {
  /** Properties of the person that were asked for; nothing else is handed on. */
  readonly wanted: ReadonlySet<string>;
  /** Properties of the person, shared out over requests that are not too long; each holds what the filters need. */
  readonly parts: readonly (readonly string[])[];
  /** Properties of the manager, asked for with the first part; null when no mapping reads the manager. */
  readonly manager: readonly string[] | null;
};

/** Not selectable on the collection: 501 NotImplemented (Graph: list users). */
const refusedInLists: ReadonlySet<string> = new Set([
  'aboutMe',
  'birthday',
  'hireDate',
  'interests',
  'mySite',
  'pastProjects',
  'preferredName',
  'responsibilities',
  'schools',
  'skills',
  'mailboxSettings',
]);

/** Navigation properties of a user; each needs a request of its own (Graph v1.0: user resource, CSDL). */
const otherResources: ReadonlySet<string> = new Set(
  [
    'activities adhocCalls agreementAcceptances appRoleAssignments authentication calendar calendarGroups',
    'calendars calendarView chats cloudClipboard cloudPCs contactFolders contacts createdObjects',
    'dataSecurityAndGovernance deviceManagementTroubleshootingEvents directReports drive drives',
    'employeeExperience events extensions followedSites inferenceClassification insights joinedTeams',
    'licenseDetails mailFolders managedAppRegistrations managedDevices manager memberOf messages',
    'oauth2PermissionGrants onenote onlineMeetings onPremisesSyncBehavior outlook ownedDevices ownedObjects',
    'people permissionGrants photo photos planner presence registeredDevices scopedRoleMemberOf settings',
    'solutions sponsorOf sponsors teamwork todo transitiveMemberOf',
  ].flatMap((line) => line.split(' ')),
);

/** A request grows no longer than this; gateways cut off at 2,048 characters. */
const longestSelect = 1_200;

/** Works out the selection for mapping paths; `always` are properties the source itself needs of each person. */
export const selectionOf = (paths: readonly AttributePath[], always: readonly string[]): Selection => {
  refusePaths('Entra ID', refusedPaths(paths));
  const properties = new Set<string>();
  const manager = new Set<string>();
  for (const path of paths) {
    const [first = '', second = ''] = path.split('.');
    if (first === 'manager') manager.add(second);
    else properties.add(first);
  }
  const others = [...properties].filter((property) => !always.includes(property));
  return { wanted: properties, parts: shareOut(others, always), manager: manager.size === 0 ? null : [...manager] };
};

/** The paths Graph would refuse, and the whole listing with them. */
export const refusedPaths = (paths: readonly AttributePath[]): readonly RefusedPath[] =>
  paths.flatMap((path) => {
    const [first = '', second] = path.split('.');
    const reason =
      first !== 'manager'
        ? reasonAgainst(first)
        : second === undefined
          ? (['it is a person, not a value', 'Name an attribute: manager.displayName.'] as const)
          : reasonAgainst(second, 'manager.');
    return reason === null ? [] : [{ path, why: reason[0], remedy: reason[1] }];
  });

const reasonAgainst = (property: string, before = ''): readonly [why: string, remedy: string] | null => {
  if (refusedInLists.has(property)) return ['Graph does not return it when listing users', 'Map another attribute.'];
  if (properties.has(property) || ownPaths.test(property)) return null;
  if (otherResources.has(property) && property !== 'memberOf')
    return ['Graph keeps it separately from the user', 'Only attributes of the user and of the manager can be mapped.'];
  return [`Graph has no attribute ${property}, and refuses the whole listing for it`, remedyFor(property, before)];
};

/** Where an unknown name most likely leads; extensions are the only names a tenant gives. */
const remedyFor = (property: string, before: string): string => {
  if (property === 'user') return 'Write the attribute alone, as in userPrincipalName.';
  if (/photo/i.test(property)) return 'Photos cannot be mapped.';
  const word = property.toLowerCase();
  const elsewhere = Object.hasOwn(namesElsewhere, word) ? namesElsewhere[word] : undefined;
  const meant = elsewhere ?? closest(property, [...properties]);
  if (meant === 'groups') return nameTheGroup;
  if (meant !== null) return `Did you mean ${meant.startsWith('manager.') ? '' : before}${meant}?`;
  return 'Write an extension with its full name: extension_<application id without hyphens>_<name>.';
};

const shareOut = (properties: readonly string[], always: readonly string[]): string[][] => {
  const parts: string[][] = [[...always]];
  for (const property of properties) {
    const last = parts.at(-1) ?? [];
    if (last.join(',').length + property.length < longestSelect) last.push(property);
    else parts.push(['id', property]);
  }
  return parts;
};
